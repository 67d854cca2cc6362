import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EMRServerlessClient,
  ListApplicationsCommand,
  ListJobRunsCommand,
} from '@aws-sdk/client-emr-serverless';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { readExports, runProgram, runTask, type TaskEnd } from '../support/local-run';

const FUNCTION = 'clicklogger-dev-ingestion-lambda';
const bucket = (purpose: string): string => `us-east-1-clicklogger-dev-${purpose}-000000000000`;
const STATE_MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:clicklogger-dev-state-machine';

const folder = mkdtempSync(join(tmpdir(), 'end-to-end-'));
const taskEnvironment: NodeJS.ProcessEnv = { ...process.env, CLICKLOGGER_LOCAL_DIR: folder };

interface Run {
  readonly ingestion: { readonly accepted: number };
  readonly deliveredFile: string;
  readonly result: Readonly<Record<string, unknown>>;
  readonly report: string;
}

let first: TaskEnd;
let local: NodeJS.ProcessEnv;
let clients: { lambda: LambdaClient; s3: S3Client; sfn: SFNClient; emr: EMRServerlessClient };

function connect(env: NodeJS.ProcessEnv): typeof clients {
  const options = {
    endpoint: env.AWS_ENDPOINT_URL!,
    region: 'us-east-1',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! },
  };
  return {
    lambda: new LambdaClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    sfn: new SFNClient(options),
    emr: new EMRServerlessClient(options),
  };
}

async function execute(input: unknown): Promise<DescribeExecutionCommandOutput> {
  const { executionArn } = await clients.sfn.send(
    new StartExecutionCommand({ stateMachineArn: STATE_MACHINE, input: JSON.stringify(input) }),
  );
  for (;;) {
    const execution = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') return execution;
    await sleep(200);
  }
}

async function jobRunCount(): Promise<number> {
  const { applications } = await clients.emr.send(new ListApplicationsCommand({}));
  const { jobRuns } = await clients.emr.send(new ListJobRunsCommand({ applicationId: applications![0]!.id }));
  return jobRuns!.length;
}

async function invoke(payload: unknown): Promise<{ statusCode: number; body: Record<string, unknown> }> {
  const reply = await clients.lambda.send(
    new InvokeCommand({ FunctionName: FUNCTION, Payload: Buffer.from(JSON.stringify(payload)) }),
  );
  expect(reply.FunctionError).toBeUndefined();
  const { statusCode, body } = JSON.parse(Buffer.from(reply.Payload!).toString()) as {
    statusCode: number;
    body: string;
  };
  return { statusCode, body: JSON.parse(body) as Record<string, unknown> };
}

async function readObject(uri: string): Promise<string> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!;
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: Bucket!, Key: Key! }));
  return Body!.transformToString();
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
  first = await runTask('local', ['--json', '--keep'], taskEnvironment);
  const exported = await runTask('local-env', [], taskEnvironment);
  local = { ...taskEnvironment, ...readExports(exported.stdout) };
  clients = connect(local);
}, 900_000);

afterAll(async () => {
  const end = await runTask('local-down', [], taskEnvironment);
  rmSync(folder, { recursive: true, force: true });
  expect(end.exitCode).toBe(0);
}, 120_000);

jest.setTimeout(600_000);

describe('npm run local', () => {
  it('takes eight sample clicks to one report', () => {
    expect(first).toMatchObject({ exitCode: 0 });
    const run = JSON.parse(first.stdout) as Run;
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
    const { result, report } = JSON.parse(first.stdout) as Run;
    expect(result.report).toMatch(
      /^s3:\/\/us-east-1-clicklogger-dev-loggregator-output-000000000000\/\d{4}\/\d{2}\/\d{2}\/response\.md$/,
    );
    expect(result.costUsd).toBeGreaterThan(0);
    expect(result.billed).toMatchObject({ vCpuHours: expect.any(Number) as number });
    expect(await readObject(String(result.report))).toBe(report);
  });

  it('leaves nothing for a second plan', async () => {
    const plan = await runProgram(
      'terraform',
      [`-chdir=${join(folder, 'cdktf.out/stacks/clicklogger')}`, 'plan', '-detailed-exitcode', '-no-color'],
      local,
    );
    expect(plan.stdout).toContain('No changes.');
    expect(plan.exitCode).toBe(0);
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
    const again = await runTask('local', ['--json', '--clicks', file], taskEnvironment);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('unchanged');
    const rows = rowsOf((JSON.parse(again.stdout) as Run).report);
    expect(rows.filter(([component]) => component === 'search')).toEqual([
      ['search', 1],
      ['search', 1],
    ]);
    expect((JSON.parse(again.stdout) as Run).report).toContain('|2023-02-08|Shop|search|');
  });

  it.each([
    ['none.json', undefined, 'none.json'],
    ['bad.json', 'not json', 'JSON'],
    ['empty.json', '[]', 'click'],
  ])('refuses the click file %s before it starts anything', async (name, content, reason) => {
    const file = join(folder, name);
    if (content !== undefined) writeFileSync(file, content);
    const { exitCode, stderr } = await runTask('local', ['--clicks', file], taskEnvironment);
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
  it.each(['2023-2-8', '2023-02-30', 'yesterday', 20230208])(
    'refuses InputDate %j before any job',
    async (InputDate) => {
      const before = await jobRunCount();
      const { status, error, cause } = await execute({ InputDate });
      expect({ status, error }).toEqual({ status: 'FAILED', error: 'InvalidInputDate' });
      expect(cause).toContain(String(InputDate));
      expect(await jobRunCount()).toBe(before);
    },
  );

  it('without clicks succeeds, says so and starts no job', async () => {
    const before = await jobRunCount();
    const { status, output } = await execute({ InputDate: '2001-01-01' });
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output!)).toMatchObject({ status: 'NOTHING_TO_DO' });
    expect(await jobRunCount()).toBe(before);
  });

  it('fails with the reason out of the driver’s log when its job fails, and publishes nothing', async () => {
    await clients.s3.send(
      new PutObjectCommand({
        Bucket: bucket('firehose-delivery'),
        Key: 'clicklog/data=2002-02-02/damaged.parquet',
        Body: 'PAR1 this is no Parquet PAR1',
      }),
    );
    const { status, error, cause } = await execute({ InputDate: '2002-02-02' });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'JobRunFailed' });
    expect(cause).toMatch(/^cannot read s3:\S+damaged\.parquet as Parquet: .*footer/);
    expect(cause).toMatch(/\nLogs: s3:\/\/us-east-1-clicklogger-dev-emr-logs-000000000000\/applications\//);
    const { Contents = [] } = await clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket('loggregator-output'), Prefix: '2002/' }),
    );
    expect(Contents).toEqual([]);
  });
});

describe('the stock clients', () => {
  it('work unchanged with what local:env prints', async () => {
    const script = readFileSync(join(__dirname, '../fixtures/documented_commands.py'), 'utf8');
    const { exitCode, stdout, stderr } = await runProgram('.venv/bin/python', ['-c', script], local);
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
      local,
    );
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr + stdout }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/No changes|0 added, 0 changed, 0 destroyed/);
  });
});
