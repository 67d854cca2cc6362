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
import { configurationDifferences } from './configuration-differences';
import { changeImports, changePackages, type CompatibilityLane, type PackageJson } from './lanes';

const MAX_DIFFERENCES = 20;

/** What the provider of every lane accepts, but not the one that the project stays with. */
const LATEST_RUNTIME = 'nodejs24.x';

/**
 * Installs the packages of a lane in a copy of the checkout, compiles it, runs the tests of stacks and constructs, and
 * compares what both synthesize with `settings`. The copy is deleted afterwards.
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
            `Expected other runtimes of the functions only, found:\n  ${changes.join('\n  ')}`,
          );
        setTitle(`Synthesize with LAMBDA_RUNTIME=${LATEST_RUNTIME}: ${changes.length} functions`);
      },
    },
  ];
}

async function copyCheckout(copy: string, lane: CompatibilityLane): Promise<void> {
  // Files that are not committed yet belong to what is tried.
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

/** "clicklogger, covid: identical"; throws TaskError with the first differences otherwise. */
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

/** Where a stack's configuration differs from that of the same stack in `others`. */
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
