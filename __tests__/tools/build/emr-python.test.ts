import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { fromRoot, PYTHON } from '../../../tools/cli/paths';
import { LINT_CHECKS } from '../../../tools/testing/checks';
import { EMR_PYTHON, packagePythonJob, pythonJobNames } from '../../../tools/build/python-job';
import { temporaryFolder } from '../../support/temporary-folder';

/** Parses the texts of a JSON list with the grammar of a version, `[3, 9]`, and prints the first error. */
const PARSER = `
import ast, json, sys
version, texts = json.load(sys.stdin)
for text in texts:
    try:
        ast.parse(text, feature_version=tuple(version))
    except SyntaxError as error:
        sys.exit(print(error.msg))
`;

const minor = (version: string): number => Number(version.split('.')[1]);

function syntaxError(texts: readonly string[], version: string): string {
  const input = JSON.stringify([[3, minor(version)], texts]);
  return execFileSync(PYTHON, ['-c', PARSER], { input, encoding: 'utf8' });
}

const folder = temporaryFolder();

test.each(pythonJobNames())('The oldest Python of EMR parses %s and its package.', (name) => {
  const { mainPath, zipPath } = packagePythonJob(name, { outputDirectory: folder });
  const modules = Object.entries(unzipSync(readFileSync(zipPath))).filter(([file]) => file.endsWith('.py'));
  const texts = [
    readFileSync(mainPath, 'utf8'),
    ...modules.map(([, bytes]) => Buffer.from(bytes).toString()),
  ];
  expect(modules.length).toBeGreaterThan(0);
  expect(syntaxError(texts, EMR_PYTHON.oldest)).toBe('');
});

test('The parser finds syntax of newer versions.', () => {
  expect(syntaxError(['match x:\n    case 1: pass\n'], EMR_PYTHON.oldest)).toContain('3.10');
});

test('ruff and mypy check the jobs for the Python versions of EMR.', () => {
  const [, target] =
    /"spark-jobs\/\*\*" = "py(\d+)"/.exec(readFileSync(fromRoot('pyproject.toml'), 'utf8')) ?? [];
  expect(target).toBe(EMR_PYTHON.oldest.replace('.', ''));
  const mypy = LINT_CHECKS.find(({ name }) => name === 'mypy covid-report');
  expect(mypy?.args.slice(2, 4)).toEqual(['--python-version', EMR_PYTHON.newest]);
});
