import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuery } from '../../tools/aws/athena';
import { athenaOnAws, RESULT, SQL } from '../fixtures/athena';
import { fakeTarget } from '../support/fake-target';
import { firstRun, LocalDeployment, stateMachine, taskEnvironment } from '../support/local-deployment';
import { runProgram, runTask } from '../support/local-run';

const first = firstRun();

interface Run {
  readonly ingestion: { readonly accepted: number };
  readonly deliveredFile: string;
  readonly result: Readonly<Record<string, unknown>>;
  readonly report: string;
}

/** The run of the click pipeline in the first deployment. */
const clicks = (): Run => (JSON.parse(first.stdout) as { clicklogger: Run }).clicklogger;

let local: LocalDeployment;

const execute = (input: unknown) => local.execute(stateMachine('state-machine'), input);

async function jobRunCount(): Promise<number> {
  const { applications } = await local.emrServerless.listApplications({});
  const { jobRuns } = await local.emrServerless.listJobRuns({ applicationId: applications![0]!.id });
  return jobRuns!.length;
}

/** [component, count] of the report's rows of all dates. */
function rowsOf(report: string): [string, number][] {
  const cells = report
    .split('\n')
    .filter((line) => /^\|\d{4}-/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return cells.map((row) => [row[3]!, Number(row[4])]);
}

beforeAll(async () => {
  local = await LocalDeployment.open();
});

describe('The click pipeline, deployed and run by npm run exec,', () => {
  test('writes one report of eight sample clicks.', () => {
    expect(first).toMatchObject({ exitCode: 0 });
    const run = clicks();
    expect(run.ingestion.accepted).toBe(8);
    expect(run.deliveredFile).toMatch(/clicklog\/data=\d{4}-\d{2}-\d{2}\/[^/]+\.parquet$/);
    expect(rowsOf(run.report)).toEqual([
      ['checkout', 2],
      ['login', 2],
      ['products', 2],
      ['submitorder', 2],
    ]);
  });

  test('shows where the report is, what the run used and what it cost.', async () => {
    const { result, report } = clicks();
    expect(result.report).toMatch(
      /^s3:\/\/us-east-1-clicklogger-dev-loggregator-output-000000000000\/\d{4}\/\d{2}\/\d{2}\/response\.md$/,
    );
    expect(result.costUsd).toBeGreaterThan(0);
    expect(result.billed).toMatchObject({ vCpuHours: expect.any(Number) as number });
    expect(await local.readObject(String(result.report))).toBe(report);
  });

  test('is counted by npm run query, here with the answer that AWS gives to the same query.', async () => {
    const end = await runTask('query', ['--local', '--json', SQL], taskEnvironment());
    expect({ ...end, stdout: '' }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(JSON.parse(end.stdout)).toMatchObject(RESULT);
    expect(await runQuery(fakeTarget(athenaOnAws()), SQL)).toMatchObject(RESULT);
  });
});

describe('A click', () => {
  const good = { requestid: '1', contextid: '1', callerid: 'Shop', component: 'c', action: 'a', type: 't' };

  test('with invalid fields is rejected, and the answer names each field.', async () => {
    const { statusCode, body } = await local.ingest({
      ...good,
      requestid: ' ',
      component: 7,
      action: undefined,
    });
    expect(statusCode).toBe(400);
    expect(body.accepted).toBe(0);
    expect(body.rejected.map(({ field }) => field).sort()).toEqual(['action', 'component', 'requestid']);
  });

  test('next to an invalid one is stored, and the answer has the index of the invalid one.', async () => {
    const { body } = await local.ingest([good, { ...good, type: '' }]);
    expect(body.accepted).toBe(1);
    expect(body.rejected).toEqual([expect.objectContaining({ index: 1, field: 'type' })]);
  });

  test('of one megabyte is rejected.', async () => {
    const { statusCode, body } = await local.ingest({ ...good, component: 'x'.repeat(1_100_000) });
    expect(statusCode).toBe(400);
    expect(body.accepted).toBe(0);
  });
});

describe('An execution', () => {
  test('without clicks succeeds, reports it and starts no job.', async () => {
    const before = await jobRunCount();
    const { status, output } = await execute({ InputDate: '2001-01-01' });
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toMatchObject({ status: 'NOTHING_TO_DO' });
    expect(await jobRunCount()).toBe(before);
  });
});

describe('Stock clients', () => {
  test('work unchanged with the output of local:env.', async () => {
    const script = readFileSync(join(__dirname, '../fixtures/documented_commands.py'), 'utf8');
    const { exitCode, stdout, stderr } = await runProgram('.venv/bin/python', ['-c', script], local.env);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const found = JSON.parse(stdout) as {
      statusCode: number;
      status: string;
      reports: string[];
      applications: string[];
    };
    expect(found.statusCode).toBe(200);
    expect(found.status).toBe('SUCCEEDED');
    expect(found.reports).toContainEqual(expect.stringMatching(/^\d{4}\/\d{2}\/\d{2}\/response\.md$/));
    expect(found.applications).toEqual(['clicklogger-dev-loggregrator-emr-000000000000']);
  });
});
