import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSteps, withScalaFolder } from '../build/build';
import { MAVEN_ARGUMENTS } from '../setup/maven.cjs';
import { runCommand } from '../cli/command';
import { errorMessage } from '../cli/errors';
import { atExit } from '../cli/exit-actions';
import { fromRoot, LOCAL, PYTHON } from '../cli/paths';
import { synthesize } from '../terraform/synthesis';
import { Terraform } from '../terraform/terraform';
import { changed, terraformEnvironment } from '../terraform/terraform-environment';
import { LINT_CHECKS, runCheck, TYPE_CHECK, type Check } from './checks';
import { NONE, parseJest, parseJunitFolder, parseLastLine, single, sum, type Counts } from './test-counts';

const RESULTS = join(LOCAL, 'test-results');

/** Result of a suite; `output` explains its failures. */
export interface SuiteResult {
  readonly counts: Counts;
  readonly output: string;
}

/** The lanes in the order in which they are shown. */
export const LANES = ['sources', 'programs', 'verification', 'deployment'] as const;

/** Tests that one tool runs. */
export interface Suite {
  readonly name: string;
  /**
   * Suites of one lane run one after the other, lanes next to each other. Those of the deployment and of the verification wait
   * more than they compute: the others run in their pauses, and all but the deployment in the background.
   */
  readonly lane: (typeof LANES)[number];
  readonly run: () => Promise<SuiteResult>;
}

/** Every suite of `npm test`, in the order of its table. */
export const SUITES: readonly Suite[] = [
  { name: 'lint', lane: 'sources', run: () => checks(LINT_CHECKS) },
  { name: 'typecheck', lane: 'sources', run: () => checks([TYPE_CHECK]) },
  { name: 'infrastructure', lane: 'sources', run: infrastructure },
  { name: 'unit', lane: 'sources', run: () => jest('unit', [], { background: true }) },
  { name: 'covid-report', lane: 'programs', run: () => pytest('__tests__/spark-jobs') },
  { name: 'emulator', lane: 'programs', run: () => pytest('__tests__/emulator', EMULATOR_WORKERS) },
  { name: 'loggregator', lane: 'programs', run: scala },
  { name: 'verify', lane: 'verification', run: () => jest('verify', ['--runInBand'], { background: true }) },
  { name: 'faults', lane: 'verification', run: faults },
  { name: 'end-to-end', lane: 'deployment', run: () => jest('end-to-end', ['--runInBand']) },
];

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

/** One deployment serves all end-to-end tests, and the last of them removes it: `--runInBand`. */
async function jest(
  project: string,
  options: readonly string[],
  { background = false } = {},
): Promise<SuiteResult> {
  const file = join(RESULTS, `jest-${project}.json`);
  rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  const script = fromRoot('node_modules/jest/bin/jest.js');
  const args = [script, '--selectProjects', project, '--json', `--outputFile=${file}`, '--silent'];
  const { exitCode, stderr } = await runCommand(process.execPath, [...args, ...options], {
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

/** Cells of `npm run faults`: some of each pipeline and fault, the same every time. */
const FAULT_CELLS = '20';

async function faults(): Promise<SuiteResult> {
  const args = ['--import', 'tsx', fromRoot('scripts/faults.ts'), '--sample', FAULT_CELLS];
  const environment = { env: testEnvironment(), background: true };
  const { exitCode, stdout, stderr } = await runCommand(process.execPath, args, environment);
  return withExitCode(parseLastLine(stdout), exitCode, stdout + stderr);
}

async function scala(): Promise<SuiteResult> {
  const project = fromRoot('spark-jobs/loggregator');
  const reports = join(project, 'target/surefire-reports');
  rmSync(reports, { recursive: true, force: true });
  const args = [...MAVEN_ARGUMENTS, '--file', join(project, 'pom.xml'), 'test'];
  const { exitCode, stdout, stderr } = await withScalaFolder(() =>
    runCommand('mvn', args, { background: true }),
  );
  return withExitCode(parseJunitFolder(reports), exitCode, stdout + stderr);
}

/** Settings that add resources: what the end-to-end deployment has is a part of these stacks, and is applied there. */
export const EVERYTHING_ON = {
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

/** Builds, synthesizes and validates every stack against the provider's schema: one test, and one for each stack. */
async function infrastructure(): Promise<SuiteResult> {
  const env = changed(testEnvironment(), terraformEnvironment());
  for (const { skip, run } of buildSteps())
    if ((await skip?.()) === undefined) await run({ update: () => undefined, setTitle: () => undefined });
  const stacks = await synthesize(join(LOCAL, 'test.out'), changed(env, EVERYTHING_ON));
  const problems: string[] = [];
  for (const { name, folder } of stacks) {
    const terraform = new Terraform(folder, env, join(LOCAL, 'logs', `validate-${name}.log`));
    await terraform
      .init({ backend: false })
      .then(() => terraform.validate())
      .catch((error: unknown) => problems.push(errorMessage(error)));
  }
  const counts = { ...NONE, passed: 1 + stacks.length - problems.length, failed: problems.length };
  return { counts, output: problems.join('\n') };
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
    const created = mkdtempSync(join(tmpdir(), 'clicklogger-test-'));
    atExit(() => {
      rmSync(created, { recursive: true, force: true, maxRetries: 3 });
    });
    scratch = created;
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
