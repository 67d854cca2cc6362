import { dirname, join } from 'node:path';
import { fromRoot, PYTHON } from '../cli/paths';
import { runCommand, type CommandResult } from '../cli/command';
import { EMR_PYTHON } from '../build/python-job';

/** One tool that judges the source. */
export interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Arguments that make the tool mend what it can; undefined when it cannot. */
  readonly fix?: readonly string[];
}

const nodeTool = (path: string): string => fromRoot('node_modules', path);

/** Judges the workflows of GitHub: pinned actions, permissions, what of a pull request may reach a shell. */
const ZIZMOR = join(dirname(PYTHON), 'zizmor');

/** One run of mypy each: test folders have files of the same name. */
const PYTHON_PROGRAMS = [
  { name: 'mypy emulator', args: ['emulator', '__tests__/emulator'] },
  // mypy has nothing older than 3.10, which pyproject.toml names; what 3.11 has no longer is found here.
  {
    name: 'mypy covid-report',
    args: ['--python-version', EMR_PYTHON.newest, 'spark-jobs/covid-report', '__tests__/spark-jobs'],
  },
];

/** Style and types of everything but TypeScript's types, which `npm run typecheck` judges. */
export function lintChecks(): Check[] {
  const eslint = nodeTool('eslint/bin/eslint.js');
  const prettier = nodeTool('prettier/bin/prettier.cjs');
  const quiet = ['--log-level', 'warn'];
  const python = (name: string, args: readonly string[], fix?: readonly string[]): Check => ({
    ...{ name, command: PYTHON, args: ['-m', ...args] },
    ...(fix === undefined ? {} : { fix: ['-m', ...fix] }),
  });
  const node = (name: string, args: readonly string[], fix: readonly string[]): Check => ({
    ...{ name, command: process.execPath, args, fix },
  });
  return [
    node('eslint', [eslint, '--max-warnings', '0', '.'], [eslint, '--fix', '.']),
    node('prettier', [prettier, '--check', ...quiet, '.'], [prettier, '--write', ...quiet, '.']),
    python('ruff check', ['ruff', 'check', '--quiet', '.'], ['ruff', 'check', '--quiet', '--fix', '.']),
    python('ruff format', ['ruff', 'format', '--check', '--quiet', '.'], ['ruff', 'format', '--quiet', '.']),
    ...PYTHON_PROGRAMS.map(({ name, args }) => python(name, ['mypy', ...args])),
    { name: 'zizmor', command: ZIZMOR, args: ['--offline', '--quiet', '--no-progress', '.github'] },
  ];
}

/** TypeScript's types. */
export function typeChecks(): Check[] {
  const args = [nodeTool('typescript/bin/tsc'), '--noEmit'];
  return [{ name: 'tsc', command: process.execPath, args }];
}

/** Runs one check, mending first when asked to. */
export async function runCheck(
  check: Check,
  { fix = false, background = false } = {},
): Promise<CommandResult> {
  if (fix && check.fix !== undefined) await runCommand(check.command, check.fix);
  return runCommand(check.command, check.args, { background });
}
