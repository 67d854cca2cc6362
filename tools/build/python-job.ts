import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fromRoot, PYTHON } from '../cli/paths';
import { filesUnder } from './content-hash';
import { TaskError } from '../cli/errors';
import { writeWhole } from '../setup/stamps.cjs';
import { zipFiles } from './zip';

/** A packaged PySpark job for `spark-submit --py-files <zipPath> <mainPath>`. */
export interface PythonJob {
  /** The folder in spark-jobs/. */
  readonly name: string;
  /** The Python package with its schema. */
  readonly zipPath: string;
  readonly mainPath: string;
}

export interface PythonJobOptions {
  /** Contains a folder with a main.py and a package for each job. @default spark-jobs/ */
  readonly sourceDirectory?: string;
  /** Contains the JSON schemas. @default schemas/ */
  readonly schemaDirectory?: string;
  /** @default dist/spark-jobs/ */
  readonly outputDirectory?: string;
}

/**
 * Versions of Python on the nodes of EMR 7.1 to 7.13. AWS does not document which one PySpark uses: jobs must support both.
 *
 * @see https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-release-app-versions-7.x.html
 */
export const EMR_PYTHON = { oldest: '3.9', newest: '3.11' };

const MAIN = 'main.py';
/** Optional file with third-party packages of the job. */
const REQUIREMENTS = 'requirements.txt';

/** Files that Python, its tools and desktops create in a source folder. */
const GENERATED_FILES = /(^|[\\/])(__pycache__|\.[^\\/]+)([\\/]|$)|\.py[co]$/;

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

export function isJobFile(path: string): boolean {
  return !GENERATED_FILES.test(path);
}

/** Names of the PySpark jobs, sorted: the folders with a main.py. */
export function pythonJobNames(directory = fromRoot('spark-jobs')): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, MAIN)))
    .map(({ name }) => name)
    .sort();
}

/**
 * Writes `<output>/<name>.zip` and `<output>/<name>.py`, with the same bytes on all machines.
 *
 * The package is the folder with the name of the job and `_` instead of `-`. The zip contains the package with the optional
 * `schemas/<name>.json`, and the packages of the folder's requirements.txt.
 *
 * @throws TaskError when the job does not exist, has no package, or its requirements cannot be installed
 */
export function packagePythonJob(name: string, options: PythonJobOptions = {}): PythonJob {
  const {
    sourceDirectory = fromRoot('spark-jobs'),
    schemaDirectory = fromRoot('schemas'),
    outputDirectory = fromRoot('dist/spark-jobs'),
  } = options;
  const names = pythonJobNames(sourceDirectory);
  if (!names.includes(name)) {
    throw new TaskError(
      `The PySpark job '${name}' does not exist. The folders with a ${MAIN} in ${sourceDirectory}: ${names.join(', ') || 'none'}.`,
    );
  }
  const folder = join(sourceDirectory, name);
  const packageName = name.replaceAll('-', '_');
  const files = packageFiles(folder, packageName);
  const schema = join(schemaDirectory, `${name}.json`);
  if (existsSync(schema)) files.set(`${packageName}/${name}.json`, readFileSync(schema));
  const requirements = join(folder, REQUIREMENTS);
  const packages = existsSync(requirements) ? installedPackages(requirements, EMR_PYTHON.oldest) : [];

  const zipPath = join(outputDirectory, `${name}.zip`);
  const mainPath = join(outputDirectory, `${name}.py`);
  writeWhole(zipPath, zipFiles(new Map([...packages, ...files])));
  writeWhole(mainPath, readFileSync(join(folder, MAIN)));
  return { name, zipPath, mainPath };
}

/** Contents by name in the zip, which uses / as separator on Windows too. */
function packageFiles(folder: string, packageName: string): Map<string, Uint8Array> {
  const root = join(folder, packageName);
  if (!existsSync(join(root, '__init__.py'))) {
    throw new TaskError(
      `${folder} has no package '${packageName}'. Move the modules of the job into ${root}, with an __init__.py.`,
    );
  }
  const paths = filesUnder([root], isJobFile);
  return new Map(paths.map((path) => [relative(folder, path).replaceAll(sep, '/'), readFileSync(path)]));
}

/**
 * The files of the packages of a requirements file, by name in a zip for `spark-submit --py-files`.
 *
 * @param oldestPython oldest supported version of Python: `3.9`
 * @throws TaskError when a version or hash is missing, or a package has native code
 */
function installedPackages(requirements: string, oldestPython: string): Map<string, Uint8Array> {
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
