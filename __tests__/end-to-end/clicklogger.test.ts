import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListApplicationsCommand, ListJobRunsCommand } from '@aws-sdk/client-emr-serverless';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  firstRun,
  LocalDeployment,
  localFolder,
  shellEnvironment,
  stateMachine,
  taskEnvironment,
} from '../support/local-deployment';
import { runProgram, runTask } from '../support/local-run';

const FUNCTION = 'clicklogger-dev-ingestion-lambda';
const first = firstRun();
const folder = localFolder();

interface Run {
  readonly ingestion: { readonly accepted: number };
  readonly deliveredFile: string;
  readonly result: Readonly<Record<string, unknown>>;
  readonly report: string;
}

let local: LocalDeployment;

const execute = (input: unknown) => local.execute(stateMachine('state-machine'), input);

async function jobRunCount(): Promise<number> {
  const { applications } = await local.emrServerless.send(new ListApplicationsCommand({}));
  const { jobRuns } = await local.emrServerless.send(
    new ListJobRunsCommand({ applicationId: applications![0]!.id }),
  );
  return jobRuns!.length;
}

async function invoke(payload: unknown): Promise<{ statusCode: number; body: Record<string, unknown> }> {
  const reply = await local.lambda.send(
    new InvokeCommand({ FunctionName: FUNCTION, Payload: Buffer.from(JSON.stringify(payload)) }),
  );
  expect(reply.FunctionError).toBeUndefined();
  const { statusCode, body } = JSON.parse(Buffer.from(reply.Payload!).toString()) as {
    statusCode: number;
    body: string;
  };
  return { statusCode, body: JSON.parse(body) as Record<string, unknown> };
}

/** What a run of `npm run local` says of the click pipeline. */
function clicksOf(stdout: string): Run {
  return (JSON.parse(stdout) as { clicklogger: Run }).clicklogger;
}

/** [component, count] of the report's rows, whatever their dates. */
function rowsOf(report: string): [string, number][] {
  const cells = report
    .split('\n')
    .filter((line) => /^\|\d{4}-/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return cells.map((row) => [row[3]!, Number(row[4])]);
}

beforeAll(async () => {
  local = new LocalDeployment(await shellEnvironment());
});

describe('the click pipeline, deployed and run by npm run exec', () => {
  it('takes eight sample clicks to one report', () => {
    expect(first).toMatchObject({ exitCode: 0 });
    const run = clicksOf(first.stdout);
    expect(run.ingestion.accepted).toBe(8);
    expect(run.deliveredFile).toMatch(/clicklog\/data=\d{4}-\d{2}-\d{2}\/[^/]+\.parquet$/);
    expect(rowsOf(run.report)).toEqual([
      ['checkout', 2],
      ['login', 2],
      ['products', 2],
      ['submitorder', 2],
    ]);
  });

  it('tells where the report is, what the run used and what it cost', async () => {
    const { result, report } = clicksOf(first.stdout);
    expect(result.report).toMatch(
      /^s3:\/\/us-east-1-clicklogger-dev-loggregator-output-000000000000\/\d{4}\/\d{2}\/\d{2}\/response\.md$/,
    );
    expect(result.costUsd).toBeGreaterThan(0);
    expect(result.billed).toMatchObject({ vCpuHours: expect.any(Number) as number });
    expect(await local.readObject(String(result.report))).toBe(report);
  });

  it('reuses what is applied, and sends the clicks of a file', async () => {
    const file = join(folder, 'clicks.json');
    const click = {
      requestid: '1',
      contextid: '1',
      callerid: 'Shop',
      component: 'search',
      action: 'show',
      type: 'webpage',
    };
    writeFileSync(file, JSON.stringify([click, { ...click, createdtime: '02-08-2023 11:59:58' }]));
    const again = await runTask('local', ['clicklogger', '--json', '--clicks', file], taskEnvironment());
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('unchanged');
    const rows = rowsOf(clicksOf(again.stdout).report);
    expect(rows.filter(([component]) => component === 'search')).toEqual([
      ['search', 1],
      ['search', 1],
    ]);
    expect(clicksOf(again.stdout).report).toContain('|2023-02-08|Shop|search|');
  });

  it.each([
    ['none.json', undefined, 'none.json'],
    ['bad.json', 'not json', 'JSON'],
    ['empty.json', '[]', 'click'],
  ])('refuses the click file %s before it starts anything', async (name, content, reason) => {
    const file = join(folder, name);
    if (content !== undefined) writeFileSync(file, content);
    const { exitCode, stderr } = await runTask('local', ['--clicks', file], taskEnvironment());
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('Deploy the clicklogger stack');
  });
});

describe('a click', () => {
  const good = { requestid: '1', contextid: '1', callerid: 'Shop', component: 'c', action: 'a', type: 't' };

  it('with bad fields is refused, naming each', async () => {
    const { statusCode, body } = await invoke({ ...good, requestid: ' ', component: 7, action: undefined });
    expect(statusCode).toBe(400);
    expect(body.accepted).toBe(0);
    expect((body.rejected as { field: string }[]).map(({ field }) => field).sort()).toEqual([
      'action',
      'component',
      'requestid',
    ]);
  });

  it('beside a bad one is stored, and the bad one is named by its place', async () => {
    const { body } = await invoke([good, { ...good, type: '' }]);
    expect(body.accepted).toBe(1);
    expect(body.rejected).toEqual([expect.objectContaining({ index: 1, field: 'type' })]);
  });

  it('of one megabyte is refused', async () => {
    const { statusCode, body } = await invoke({ ...good, component: 'x'.repeat(1_100_000) });
    expect(statusCode).toBe(400);
    expect(body.accepted).toBe(0);
  });
});

describe('an execution', () => {
  it('without clicks succeeds, says so and starts no job', async () => {
    const before = await jobRunCount();
    const { status, output } = await execute({ InputDate: '2001-01-01' });
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toMatchObject({ status: 'NOTHING_TO_DO' });
    expect(await jobRunCount()).toBe(before);
  });
});

describe('the stock clients', () => {
  it('work unchanged with what local:env prints', async () => {
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

  it('include cdktf: deploy of what is deployed changes nothing', async () => {
    const cdktf = join(__dirname, '../../node_modules/.bin/cdktf');
    const { exitCode, stdout, stderr } = await runProgram(
      cdktf,
      ['deploy', 'clicklogger', '--auto-approve'],
      local.env,
    );
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr + stdout }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/No changes|0 added, 0 changed, 0 destroyed/);
  });
});
