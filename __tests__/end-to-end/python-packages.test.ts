import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { packagePythonJob } from '../../tools/build/python-job';
import { temporaryFolder } from '../support/temporary-folder';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'jobs/beds/beds'), { recursive: true });
  writeFileSync(join(folder, 'jobs/beds/main.py'), 'import beds');
  writeFileSync(join(folder, 'jobs/beds/beds/__init__.py'), '');
});

/** A wheel of a package with one module; `tag` says what it runs on. */
function wheel(tag: string): string {
  const info = 'tiny-1.0.dist-info';
  const files = {
    'tiny/__init__.py': 'ANSWER = 42\n',
    [`${info}/METADATA`]: 'Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n',
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
    [`${info}/RECORD`]: 'tiny/__init__.py,,\n',
  };
  const path = join(folder, `tiny-1.0-${tag}.whl`);
  writeFileSync(
    path,
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
  );
  return path;
}

function requirements(line: string): void {
  writeFileSync(join(folder, 'jobs/beds/requirements.txt'), `--no-index\n--find-links ${folder}\n${line}\n`);
}

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const package_ = () =>
  packagePythonJob('beds', { sourceDirectory: join(folder, 'jobs'), outputDirectory: join(folder, 'dist') });

test('A PySpark job brings the packages of its requirements.txt in its zip, with the same bytes each time.', () => {
  requirements(`tiny==1.0 --hash=sha256:${sha256(wheel('py3-none-any'))}`);
  const first = readFileSync(package_().zipPath);
  expect(Object.keys(unzipSync(first)).sort()).toEqual([
    'beds/__init__.py',
    'tiny-1.0.dist-info/METADATA',
    'tiny-1.0.dist-info/WHEEL',
    'tiny/__init__.py',
  ]);
  expect(readFileSync(package_().zipPath).equals(first)).toBe(true);
});

test.each([
  ['native code', 'cp39-cp39-manylinux_2_17_x86_64', (hash: string) => `tiny==1.0 --hash=sha256:${hash}`],
  ['another hash than the file', 'py3-none-any', () => `tiny==1.0 --hash=sha256:${'0'.repeat(64)}`],
  ['no hash', 'py3-none-any', () => 'tiny==1.0'],
])('A package with %s is rejected, and the message has the file and the fix.', (_what, tag, line) => {
  requirements(line(sha256(wheel(tag))));
  expect(package_).toThrow(/requirements\.txt cannot be installed:[^]*pure Python for Python 3\.9 or later/);
});
