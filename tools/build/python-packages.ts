import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { TaskError } from '../cli/errors';
import { PYTHON } from '../cli/paths';
import { filesUnder } from './content-hash';

/** Files about the installation, which differ between machines. */
const INSTALLER_FILES =
  /\.dist-info\/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$|(^|\/)(__pycache__|bin)\//;

/** Requires exact versions with hashes and platform-independent wheels; runs no code of the packages. */
const PIP = [
  '-m',
  'pip',
  'install',
  '--quiet',
  '--disable-pip-version-check',
  '--no-input',
  '--no-compile',
  '--require-hashes',
  '--only-binary=:all:',
  '--implementation',
  'py',
  '--abi',
  'none',
  '--platform',
  'any',
];

/**
 * The files of the packages of a requirements file, by name in a zip for `spark-submit --py-files`.
 *
 * @param oldestPython oldest supported version of Python: `3.9`
 * @throws TaskError when a version or hash is missing, or a package has native code
 */
export function installedPackages(requirements: string, oldestPython: string): Map<string, Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'clicklogger-packages-'));
  try {
    const args = [
      ...PIP,
      '--python-version',
      oldestPython,
      '--target',
      folder,
      '--requirement',
      requirements,
    ];
    const { status, stderr, error } = spawnSync(PYTHON, args, { encoding: 'utf8' });
    if (status !== 0) {
      throw new TaskError(
        `The packages of ${requirements} cannot be installed:\n${(error?.message ?? stderr).trim()}\n` +
          `Each package requires an exact version, hashes (uv pip compile --generate-hashes) and a wheel in pure Python for ` +
          `Python ${oldestPython} or later: Python cannot import native code from the zip.`,
      );
    }
    const names = filesUnder([folder]).map(
      (path) => [relative(folder, path).replaceAll(sep, '/'), path] as const,
    );
    return new Map(
      names.filter(([name]) => !INSTALLER_FILES.test(name)).map(([name, path]) => [name, readFileSync(path)]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
