import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSteps, MAVEN_ARGUMENTS, withScalaFolder } from '../build/build';
import { fromRoot, LOCAL, PYTHON } from '../cli/paths';
import { lintChecks, runCheck, typeChecks, type Check } from './checks';
import { runCommand } from '../cli/command';
import { atExit } from '../cli/exit-actions';
import { errorMessage } from '../cli/errors';
import { NONE, parseJest, parseJunitFolder, single, sum, type Counts } from './test-counts';
import { changed, terraformEnvironment } from '../terraform/terraform-environment';
import { synthesize } from '../terraform/synthesis';
import { Terraform } from '../terraform/terraform';

const RESULTS = join(LOCAL, 'test-results');
const SUREFIRE = fromRoot('spark-jobs/loggregator/target/surefire-reports');

/** What a suite has found; `output` explains its failures. */
export interface SuiteResult {
  readonly counts: Counts;
  readonly output: string;
}

/** The lanes in the order in which they are shown. */
export const LANES = ['sources', 'programs', 'deployment'] as const;

type Lane = (typeof LANES)[number];

/** Tests that one tool runs. */
export interface Suite {
  readonly name: string;
  /**
   * Suites of one lane run one after the other, lanes side by side. That of the deployment is the longest and waits more
   * than it computes: the others run in the background, in its pauses.
   */
  readonly lane: Lane;
  readonly run: () => Promise<SuiteResult>;
}

/** Every suite of `npm test`, in the order of its table. */
export function allSuites(): Suite[] {
  return [
    { name: 'lint', lane: 'sources', run: () => checks(lintChecks()) },
    { name: 'typecheck', lane: 'sources', run: () => checks(typeChecks()) },
    { name: 'infrastructure', lane: 'sources', run: infrastructure },
    { name: 'unit', lane: 'sources', run: () => jest('unit', [], { background: true }) },
    { name: 'covid-report', lane: 'programs', run: () => pytest('__tests__/spark-jobs') },
    { name: 'emulator', lane: 'programs', run: () => pytest('__tests__/emulator', EMULATOR_WORKERS) },
    { name: 'loggregator', lane: 'programs', run: scala },
    { name: 'verify', lane: 'programs', run: () => jest('verify', ['--runInBand'], { background: true }) },
    { name: 'end-to-end', lane: 'deployment', run: () => jest('end-to-end', ['--runInBand']) },
  ];
}

async function checks(list: readonly Check[]): Promise<SuiteResult> {
  const counts: Counts[] = [];
  const output: string[] = [];
  for (const check of list) {
    const { exitCode, stdout, stderr } = await runCheck(check, { background: true });
    counts.push(single(exitCode === 0));
    if (exitCode !== 0) output.push(`── ${check.name}`, stdout, stderr);
  }
  return { counts: sum(counts), output: output.join('\n') };
}

/** One deployment serves all end-to-end tests, and the last of them takes it away: `--runInBand`. */
async function jest(
  project: string,
  options: readonly string[],
  { background = false } = {},
): Promise<SuiteResult> {
  const file = freshResult(`jest-${project}.json`);
  const script = fromRoot('node_modules/jest/bin/jest.js');
  const args = [
    script,
    '--selectProjects',
    project,
    '--json',
    `--outputFile=${file}`,
    '--silent',
    ...options,
  ];
  const { exitCode, stderr } = await runCommand(process.execPath, args, {
    env: testEnvironment(),
    background,
  });
  const counts = existsSync(file) ? parseJest(readFileSync(file, 'utf8')) : NONE;
  return withExitCode(counts, exitCode, stderr);
}

/** The contract tests mostly wait, each worker for an emulator of its own: more workers than cores pay. */
const EMULATOR_WORKERS = ['-n', '6', '--dist', 'loadfile', '--no-loadscope-reorder'];

async function pytest(folder: string, options: readonly string[] = []): Promise<SuiteResult> {
  const results = join(RESULTS, 'pytest', folder);
  rmSync(results, { recursive: true, force: true });
  const args = ['-m', 'pytest', '--quiet', `--junit-xml=${join(results, 'junit.xml')}`, ...options, folder];
  const environment = { env: testEnvironment(), background: true };
  const { exitCode, stdout, stderr } = await runCommand(PYTHON, args, environment);
  return withExitCode(parseJunitFolder(results), exitCode, stdout + stderr);
}

async function scala(): Promise<SuiteResult> {
  rmSync(SUREFIRE, { recursive: true, force: true });
  const pom = fromRoot('spark-jobs/loggregator/pom.xml');
  const args = [...MAVEN_ARGUMENTS, '--file', pom, 'test'];
  const { exitCode, stdout, stderr } = await withScalaFolder(() =>
    runCommand('mvn', args, { background: true }),
  );
  return withExitCode(parseJunitFolder(SUREFIRE), exitCode, stdout + stderr);
}

/** Settings that add resources: what the end-to-end deployment has is a part of these stacks, and is applied there. */
const EVERYTHING_ON = {
  ALARM_EMAIL: 'operator@example.org',
  CLUSTER_CLOUDWATCH_LOGS: 'on',
  COVID_ON_UPLOAD: 'on',
  COVID_SCHEDULE: 'cron(0 2 * * ? *)',
  COVID_SCHEDULE_TIMEZONE: 'Europe/Paris',
  LAKE_FORMATION: 'on',
  NOTIFY_SUCCESS: 'on',
  WORKFLOW_LOG_LEVEL: 'ALL',
  XRAY: 'on',
};

/** Builds, synthesizes and validates every stack against the provider's schema; one test for each stack and one for the rest. */
async function infrastructure(): Promise<SuiteResult> {
  const env = changed(testEnvironment(), terraformEnvironment());
  const counts: Counts[] = [];
  const output: string[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const result = await work();
      counts.push(single(true));
      return result;
    } catch (error) {
      counts.push(single(false));
      output.push(errorMessage(error));
      return undefined;
    }
  };
  const stacks = await attempt(async () => {
    for (const step of buildSteps()) {
      if ((await step.skip?.()) === undefined)
        await step.run({ update: () => undefined, setTitle: () => undefined });
    }
    return synthesize(join(LOCAL, 'test.out'), changed(env, EVERYTHING_ON));
  });
  for (const { name, folder } of stacks ?? []) {
    const terraform = new Terraform(folder, env, join(LOCAL, 'logs', `validate-${name}.log`));
    await attempt(async () => {
      await terraform.init({ backend: false });
      await terraform.validate();
    });
  }
  return { counts: sum(counts), output: output.join('\n') };
}

/** A tool that failed without a failed test (it could not start, or a hook broke) counts as one failure. */
function withExitCode(counts: Counts, exitCode: number | undefined, output: string): SuiteResult {
  const unexplained = exitCode !== 0 && counts.failed === 0;
  return { counts: unexplained ? { ...counts, failed: 1 } : counts, output };
}

let scratch: string | undefined;

/** Where the suites put temporary files: synthesis and killed emulators leave some behind. */
function scratchFolder(): string {
  if (scratch === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'clicklogger-test-'));
    atExit(() => {
      rmSync(made, { recursive: true, force: true });
    });
    scratch = made;
  }
  return scratch;
}

/** Tests must not depend on, or reach, what the developer's shell points at. */
function testEnvironment(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter(
    (name) => name.startsWith('AWS_') && name !== 'AWS_CA_BUNDLE',
  );
  const unset = Object.fromEntries(names.map((name) => [name, undefined]));
  return changed(process.env, unset, { TMPDIR: scratchFolder() });
}

function freshResult(name: string): string {
  const file = join(RESULTS, name);
  rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  return file;
}
