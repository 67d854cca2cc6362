import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differencesBetween } from '../../tools/verify/comparison';
import type { Finding } from '../../tools/verify/facts';
import { interruptTask, requireTask, runTask, type TaskEnd } from '../support/local-run';
import { temporaryFolder } from '../support/temporary-folder';

/** Recordings of AWS, made by `npm run verify` and committed by whoever made them. */
const COMMITTED = join(__dirname, '../../recordings');
const committed = existsSync(COMMITTED) ? readdirSync(COMMITTED) : [];

interface End {
  readonly stage: string;
  readonly costAtMostUsd: number;
  readonly findings: readonly Finding[];
  readonly recordings: string;
}

/** An empty local AWS of its own. */
const folder = temporaryFolder();
const env = { ...process.env, CLICKLOGGER_LOCAL_DIR: folder };

afterAll(async () => {
  await runTask('local-down', [], env);
});

describe('npm run verify -- --local', () => {
  let run: TaskEnd;
  let end: End;
  beforeAll(async () => {
    await requireTask('local-up', ['--empty'], env);
    run = await runTask('verify', ['--local', '--yes', '--json'], env);
    end = JSON.parse(run.stdout) as End;
  });

  test('finds everything as expected, and leaves nothing.', () => {
    expect(end.findings.filter(({ same }) => !same)).toEqual([]);
    expect(run.exitCode).toBe(0);
  });

  test('runs each scenario of both pipelines, and checks the second plan, the permissions and the audit.', () => {
    expect([...new Set(end.findings.map(({ scenario }) => scenario))].sort()).toEqual([
      'bad-date',
      'cleanup',
      'clicks-in-athena',
      'clicks-to-report',
      'failing-job',
      'failing-step',
      'permissions',
      'report-in-athena',
      'sample-to-csv',
      'second-plan',
      'stopped-job',
      'stopped-start',
    ]);
    expect(end.findings.filter(({ scenario }) => scenario === 'permissions').length).toBeGreaterThan(150);
  });

  test('shows the highest cost before it begins.', () => {
    expect(end.costAtMostUsd).toBeGreaterThan(0);
    expect(run.stderr).toContain(`Cost at most ${end.costAtMostUsd.toFixed(2)} USD`);
  });

  test('records histories, events and log files without the account and the stage.', () => {
    const files = readdirSync(end.recordings);
    expect(files).toEqual(expect.arrayContaining(['events.json', 'failing-job.json', 'log-files.json']));
    const texts = files.map((file) => readFileSync(join(end.recordings, file), 'utf8')).join('\n');
    expect(texts).not.toMatch(new RegExp(`000000000000|${end.stage}`));
    expect(texts).toContain('TaskStateEntered');
    for (const event of [
      'EMR Cluster State Change',
      'EMR Step Status Change',
      'EMR Serverless Job Run State Change',
    ])
      expect(texts).toContain(event);
    expect(texts).toContain('SPARK_DRIVER/stderr.gz');
  });

  test('records what a comparison with the same recording accepts.', () => {
    expect(differencesBetween(end.recordings, end.recordings)).toEqual([]);
  });

  // Until somebody has run it on AWS there is none, which the skipped test says.
  const onRecordings =
    committed.length > 0 ? test.each(committed) : test.skip.each(['no recording of AWS yet']);
  onRecordings('goes through the same states and events as AWS in %s.', (name) => {
    expect(differencesBetween(join(COMMITTED, name), end.recordings)).toEqual([]);
  });
});

test('npm run verify removes what it has created when Ctrl-C stops it while it deploys.', async () => {
  const { exitCode, said } = await interruptTask(
    'verify',
    ['--local', '--yes', '--json'],
    env,
    /resources; waiting for/,
  );
  expect(exitCode).toBe(130);
  const [, stage = ''] = /Verification in stage (\w+)/.exec(said)!;
  const left = await requireTask('cleanup', ['--local', '--json', '--dry-run', '--stage', stage], env);
  const { found } = JSON.parse(left.stdout) as { found: { toDelete: unknown[]; untagged: unknown[] } };
  expect(found).toMatchObject({ toDelete: [], untagged: [] });
});
