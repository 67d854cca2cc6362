import { dirname, join } from 'node:path';
import { EMR_PYTHON } from '../build/python-job';
import { runCommand, type CommandResult } from '../cli/command';
import { fromRoot, PYTHON } from '../cli/paths';

/** One tool that checks the source. */
export interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Arguments with which the tool fixes what it can; undefined when it cannot. */
  readonly fix?: readonly string[];
}

const NODE = process.execPath;
const ESLINT = fromRoot('node_modules/eslint/bin/eslint.js');
const PRETTIER = [fromRoot('node_modules/prettier/bin/prettier.cjs'), '--log-level', 'warn'];
const RUFF = ['-m', 'ruff'];

const VERMIN = {
  command: join(dirname(PYTHON), 'vermin'),
  options: ['--quiet', '--no-tips', '--violations'],
};

/** Style, and types of Python. TypeScript's types are a check of their own. */
export const LINT_CHECKS: readonly Check[] = [
  { name: 'eslint', command: NODE, args: [ESLINT, '--max-warnings', '0', '.'], fix: [ESLINT, '--fix', '.'] },
  {
    name: 'prettier',
    command: NODE,
    args: [...PRETTIER, '--check', '.'],
    fix: [...PRETTIER, '--write', '.'],
  },
  {
    name: 'ruff check',
    command: PYTHON,
    args: [...RUFF, 'check', '--quiet', '.'],
    fix: [...RUFF, 'check', '--quiet', '--fix', '.'],
  },
  {
    name: 'ruff format',
    command: PYTHON,
    args: [...RUFF, 'format', '--check', '--quiet', '.'],
    fix: [...RUFF, 'format', '--quiet', '.'],
  },
  // One run of mypy for each program: test folders have files of the same name.
  { name: 'mypy emulator', command: PYTHON, args: ['-m', 'mypy', 'emulator', '__tests__/emulator'] },
  {
    // Finds what the newer Python of EMR does not have any more; vermin finds what the older one does not have yet.
    name: 'mypy covid-report',
    command: PYTHON,
    args: [
      '-m',
      'mypy',
      '--python-version',
      EMR_PYTHON.newest,
      'spark-jobs/covid-report',
      '__tests__/spark-jobs',
    ],
  },
  {
    name: 'vermin',
    command: VERMIN.command,
    args: [...VERMIN.options, '--target=3.10-', 'emulator', 'tools', '__tests__'],
  },
  {
    name: 'vermin spark-jobs',
    command: VERMIN.command,
    args: [...VERMIN.options, `--target=${EMR_PYTHON.oldest}-`, 'spark-jobs'],
  },
  {
    // GitHub's workflows: pinned actions, permissions, what of a pull request may reach a shell.
    name: 'zizmor',
    command: join(dirname(PYTHON), 'zizmor'),
    args: ['--offline', '--quiet', '--no-progress', '.github'],
  },
];

/** TypeScript's types. */
export const TYPE_CHECK: Check = {
  name: 'tsc',
  command: NODE,
  args: [fromRoot('node_modules/typescript/bin/tsc'), '--noEmit'],
};

/** Runs one check, after the tool has fixed what it can when asked to. */
export async function runCheck(
  { command, args, fix: fixArguments }: Check,
  { fix = false, background = false } = {},
): Promise<CommandResult> {
  if (fix && fixArguments !== undefined) await runCommand(command, fixArguments);
  return runCommand(command, args, { background });
}
