import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSteps } from '../build/build';
import { requireCommand } from '../cli/command';
import { TaskError } from '../cli/errors';
import { atExit } from '../cli/exit-actions';
import { fromRoot, ROOT } from '../cli/paths';
import type { Step } from '../cli/progress';
import { readStacks, type SynthesizedStack, synthesize } from '../terraform/synthesis';
import { changeImports, changePackages, type CompatibilityLane, type PackageJson } from './lanes';

const MAX_DIFFERENCES = 20;

/** A runtime that the providers of the lanes support, but not the provider of this project. */
const LATEST_RUNTIME = 'nodejs24.x';

/**
 * Installs the packages of a lane in a temporary copy of the checkout, compiles it, runs the tests of stacks and
 * constructs, and compares the configurations that both synthesize with `settings`.
 */
export function laneSteps(lane: CompatibilityLane, settings: NodeJS.ProcessEnv): Step[] {
  const copy = mkdtempSync(join(tmpdir(), 'clicklogger-compatibility-'));
  atExit(() => {
    rmSync(copy, { recursive: true, force: true });
  });
  const node = (what: string, ...args: string[]) =>
    requireCommand(what, process.execPath, args, { cwd: copy });
  const synth = (project: string, folder: string, further: NodeJS.ProcessEnv = {}) =>
    synthesize(join(copy, folder), { ...process.env, ...settings, ...further }, project);
  return [
    ...buildSteps(),
    { title: 'Copy the checkout', run: () => copyCheckout(copy, lane) },
    {
      title: 'Install the packages',
      run: async () => {
        const install = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
        await requireCommand('npm install', 'npm', install, { cwd: copy });
      },
    },
    {
      title: 'Check the types',
      run: async () => {
        await node('tsc', 'node_modules/typescript/bin/tsc', '--noEmit');
      },
    },
    {
      title: 'Test stacks and constructs',
      run: async () => {
        const tests = ['__tests__/stacks', '__tests__/constructs', '--selectProjects', 'unit', '--silent'];
        await node('jest', 'node_modules/jest/bin/jest.js', ...tests);
      },
    },
    {
      title: 'Compare the configurations',
      run: async ({ setTitle }) => {
        setTitle(describeComparison(await synth(ROOT, 'before'), await synth(copy, 'after')));
      },
    },
    {
      title: `Synthesize with LAMBDA_RUNTIME=${LATEST_RUNTIME}`,
      run: async ({ setTitle }) => {
        const stacks = await synth(copy, 'latest-runtime', { LAMBDA_RUNTIME: LATEST_RUNTIME });
        const changes = readStacks(join(copy, 'after')).flatMap((stack) => differencesOf(stack, stacks));
        const other = changes.filter((path) => !/\/aws_lambda_function\/[^/]+\/runtime$/.test(path));
        if (changes.length === 0 || other.length > 0)
          throw new TaskError(
            `Expected only other runtimes of the functions, found:\n  ${changes.join('\n  ')}`,
          );
        setTitle(`Synthesize with LAMBDA_RUNTIME=${LATEST_RUNTIME}: ${changes.length} functions`);
      },
    },
  ];
}

async function copyCheckout(copy: string, lane: CompatibilityLane): Promise<void> {
  // With uncommitted files.
  const { stdout } = await requireCommand('git ls-files', 'git', [
    'ls-files',
    '-z',
    '-co',
    '--exclude-standard',
  ]);
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    const target = join(copy, file);
    mkdirSync(dirname(target), { recursive: true });
    if (/\.[cm]?ts$/.test(file))
      writeFileSync(target, changeImports(readFileSync(fromRoot(file), 'utf8'), lane));
    else cpSync(fromRoot(file), target);
  }
  for (const built of ['dist', 'spark-jobs/loggregator/target/loggregator.jar']) {
    cpSync(fromRoot(built), join(copy, built), { recursive: true });
  }
  const packageJson = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8')) as PackageJson;
  writeFileSync(join(copy, 'package.json'), JSON.stringify(changePackages(packageJson, lane)));
}

/** @throws TaskError with the first differences */
function describeComparison(before: readonly SynthesizedStack[], after: readonly SynthesizedStack[]): string {
  const found = before.flatMap((stack) => differencesOf(stack, after));
  if (found.length > 0) {
    const more = found.length > MAX_DIFFERENCES ? [`and ${found.length - MAX_DIFFERENCES} more`] : [];
    throw new TaskError(
      ['The configurations differ:', ...found.slice(0, MAX_DIFFERENCES), ...more].join('\n  '),
    );
  }
  return `Compare the configurations: ${before.map(({ name }) => name).join(', ')} are identical`;
}

/** Differences between a stack and the stack of the same name in `others`. */
function differencesOf({ name, folder }: SynthesizedStack, others: readonly SynthesizedStack[]): string[] {
  const other = others.find((stack) => stack.name === name);
  if (other === undefined) return [`${name}: the stack is missing`];
  return configurationDifferences(readConfiguration(folder), readConfiguration(other.folder)).map(
    (path) => `${name}: ${path}`,
  );
}

function readConfiguration(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8'));
}

/** `terraform` has the provider version and the path of the state, `//` the version of CDKTF. */
const IGNORED = /^\/(terraform|\/\/)(\/|$)/;

/** JSON pointers of the values that differ between two synthesized configurations. */
export function configurationDifferences(before: unknown, after: unknown, path = ''): string[] {
  if (IGNORED.test(path)) return [];
  if (!isContainer(before) || !isContainer(after)) return before === after ? [] : [path];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    configurationDifferences(before[key], after[key], `${path}/${key}`),
  );
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
