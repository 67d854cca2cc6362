import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { packagePythonJob, type PythonJob } from '../../tools/build/python-job';
import {
  bucket,
  firstRun,
  LocalDeployment,
  stateMachine,
  taskEnvironment,
} from '../support/local-deployment';
import { eventually } from '../support/eventually';
import { requireTask, runProgram } from '../support/local-run';
import { expectedReport, FULL } from './real-data';

const MACHINE = stateMachine('covid-state-machine');
const LOGS = `s3://${bucket('covid-artifacts')}/logs/`;
const HEADER = 'state,month,avg_inpatient_beds,avg_icu_beds,covid_patient_rate,days_reported';

interface Run {
  readonly source: string;
  readonly result: Readonly<Record<string, string>>;
  readonly report: string;
  readonly summary: {
    readonly rejected_by_reason: Readonly<Record<string, number>>;
    readonly rows: { readonly read: number; readonly counted: number; readonly rejected: number };
    readonly states: readonly string[];
  };
}

let local: LocalDeployment;

function covidOf(stdout: string): Run {
  return (JSON.parse(stdout) as { covid: Run }).covid;
}

/** Names of the clusters that have not terminated. */
async function liveClusters(): Promise<string[]> {
  const { Clusters = [] } = await local.emr.listClusters({
    ClusterStates: ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING', 'TERMINATING'],
  });
  return Clusters.map(({ Name = '' }) => Name);
}

/** State of the cluster, and its steps in the order in which they ran. */
async function historyOf(clusterId: string) {
  const { Cluster } = await local.emr.describeCluster({ ClusterId: clusterId });
  const { Steps = [] } = await local.emr.listSteps({ ClusterId: clusterId });
  const steps = Steps.map(({ Id, Name, Status }) => ({
    id: Id!,
    name: Name!,
    state: Status?.State,
  })).reverse();
  return { state: Cluster?.Status?.State, steps };
}

/** Lines that the step has sent to CloudWatch. */
async function streamedBy(stepId: string): Promise<string[]> {
  const { events = [] } = await local.logs.filterLogEvents({
    logGroupName: '/aws/emr/clicklogger-dev-covid',
  });
  const own = events.filter(({ logStreamName = '' }) => logStreamName.includes(stepId));
  return own.map(({ message = '' }) => message.trim());
}

async function rawKeys(): Promise<string[]> {
  const { Contents = [] } = await local.s3.listObjectsV2({ Bucket: bucket('covid-data'), Prefix: 'raw/' });
  return Contents.map(({ Key = '' }) => Key);
}

async function emptyRaw(): Promise<void> {
  for (const Key of await rawKeys()) {
    await local.s3.deleteObject({ Bucket: bucket('covid-data'), Key });
  }
}

async function upload(name: string, content: string): Promise<void> {
  await local.s3.putObject({ Bucket: bucket('covid-data'), Key: `raw/${name}`, Body: content });
}

async function executionArns(): Promise<string[]> {
  const { executions = [] } = await local.sfn.listExecutions({ stateMachineArn: MACHINE });
  return executions.map(({ executionArn = '' }) => executionArn);
}

/** Uploads a file to raw/, starts `more` executions at the same time, and waits for all, including the one that the upload starts. */
async function runOnUpload(
  name: string,
  content: string,
  more = 0,
): Promise<DescribeExecutionCommandOutput[]> {
  const before = await executionArns();
  const start = (): Promise<unknown> => local.sfn.startExecution({ stateMachineArn: MACHINE });
  await Promise.all([upload(name, content), ...Array.from({ length: more }, start)]);
  const started = await eventually(async () => {
    const arns = (await executionArns()).filter((arn) => !before.includes(arn));
    return arns.length > more && arns;
  });
  return Promise.all(started.map((arn) => local.follow(arn)));
}

beforeAll(async () => {
  local = await LocalDeployment.open();
});

describe('The covid pipeline, deployed and run by npm run exec,', () => {
  test('writes a monthly report of generated data and terminates the cluster.', async () => {
    const { source, report, summary, result } = covidOf(firstRun().stdout);
    expect(source).toContain('/raw/generated-sample_');
    const [header, ...rows] = report.trimEnd().split('\n');
    expect(header).toBe(HEADER);
    expect(rows).toEqual([...rows].sort());
    expect(new Set(rows.map((row) => row.slice(0, 2))).size).toBe(summary.states.length);
    expect(summary.rows.counted).toBe(summary.rows.read - summary.rows.rejected);
    expect(summary.rejected_by_reason).toEqual({
      duplicate: 12,
      invalid_date: 2,
      unknown_state: 2,
      invalid_number: 2,
      numerator_above_denominator: 1,
      wrong_number_of_cells: 1,
    });
    expect(await local.readObject(result.report!)).toBe(report);
    const rejected = await local.readObject(`${result.rejected!}rows.csv`);
    // A header, and a line for each row that was rejected.
    expect(rejected.trimEnd().split('\n').length).toBeGreaterThan(summary.rows.rejected);
    expect(await liveClusters()).toEqual([]);
  });
});

test('An execution without data succeeds, reports it and starts no cluster.', async () => {
  await emptyRaw();
  const { status, output } = await local.execute(MACHINE, {});
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output!)).toMatchObject({ status: 'NOTHING_TO_DO' });
  expect(await liveClusters()).toEqual([]);
});

/** Disables the schedule and waits for the executions that it has started. */
async function pauseSchedule(): Promise<void> {
  const { Schedules = [] } = await local.scheduler.listSchedules({ NamePrefix: 'clicklogger-dev-covid' });
  expect(Schedules).toHaveLength(1);
  for (const { Name, GroupName } of Schedules) {
    const schedule = await local.scheduler.getSchedule({ Name, GroupName });
    const { FlexibleTimeWindow, ScheduleExpression, Target } = schedule;
    const settings = { FlexibleTimeWindow, ScheduleExpression, Target, State: 'DISABLED' as const };
    await local.scheduler.updateSchedule({ Name, GroupName, ...settings });
  }
  for (const arn of await executionArns()) await local.follow(arn);
}

/** Every setting that adds resources or calls to the stacks, and one that removes an alarm. */
const EVERYTHING = {
  COVID_JOBS: 'covid-report,row-count',
  CLUSTER_CLOUDWATCH_LOGS: 'on',
  COVID_ON_UPLOAD: 'on',
  COVID_SCHEDULE: 'rate(1 minute)',
  LAKE_FORMATION: 'on',
  XRAY: 'on',
  NOTIFY_SUCCESS: 'on',
  ALARM_EMAIL: 'on-call@example.com',
  NO_DATA_HOURS: '0',
};

describe('With every setting that adds to the stacks', () => {
  const content = existsSync(FULL)
    ? readFileSync(FULL, 'utf8')
    : 'state,date,inpatient_beds\nFL,2020-08-26,10\n';
  let second: PythonJob;
  let report: string;
  beforeAll(async () => {
    await emptyRaw();
    second = packagePythonJob('row-count', { sourceDirectory: join(__dirname, '../fixtures/spark-jobs') });
    await requireTask('local-up', [], { ...taskEnvironment(), ...EVERYTHING });
  });
  afterAll(() => {
    for (const path of [second.mainPath, second.zipPath]) rmSync(path);
  });
  beforeEach(emptyRaw);

  test('cdktf deploy finds nothing to change: everything reads back as it was written.', async () => {
    const cdktf = join(__dirname, '../../node_modules/.bin/cdktf');
    const args = ['deploy', 'clicklogger', 'covid', '--auto-approve'];
    const { exitCode, stdout, stderr } = await runProgram(cdktf, args, { ...local.env, ...EVERYTHING });
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr + stdout }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.match(/No changes\./g)).toHaveLength(2);
  });

  test('the schedule starts the workflow repeatedly.', async () => {
    const before = (await executionArns()).length;
    await eventually(async () => (await executionArns()).length >= before + 2);
    await pauseSchedule();
  });

  test('one of an upload and four starts at the same time runs both jobs on one cluster and terminates it.', async () => {
    const ended = await runOnUpload('good.csv', content, 4);
    const outputs = ended.map(
      ({ output = 'null' }) => JSON.parse(output) as Readonly<Record<string, string>>,
    );
    const [run, ...others] = outputs.filter(({ status }) => status === 'SUCCEEDED');
    expect(others).toEqual([]);
    const runArn = ended[outputs.indexOf(run!)]!.executionArn!;
    const message = `No second cluster was started: the execution ${runArn} is running.`;
    expect(outputs.filter((output) => output.message === message)).toHaveLength(4);
    const { clusterId, report: uri } = run as { clusterId: string; report: string };
    report = await local.readObject(uri);
    const { state, steps } = await historyOf(clusterId);
    expect(state).toBe('TERMINATED');
    expect(steps).toEqual([
      expect.objectContaining({ name: 'covid-report', state: 'COMPLETED' }),
      expect.objectContaining({ name: 'row-count', state: 'COMPLETED' }),
    ]);
    const printed = await local.readBytes(`${LOGS}${clusterId}/steps/${steps[1]!.id}/stdout.gz`);
    const counted = `${content.trimEnd().split('\n').length} lines`;
    expect(gunzipSync(printed).toString()).toBe(`${counted}\n`);
    expect(await streamedBy(steps[1]!.id)).toContain(counted);
  });

  (existsSync(FULL) ? test : test.skip)(
    'its report has ICU beds and the COVID rate, as its file has their columns.',
    async () => {
      const [, ...rows] = report.trimEnd().split('\n');
      expect(rows).toEqual(await expectedReport(FULL));
      expect(rows.every((row) => /^[A-Z]{2},2020-08,[\d.]+,[\d.]+,0\.\d{1,4},1$/.test(row))).toBe(true);
    },
  );

  test('an execution whose first job fails reports why, does not start the second job and leaves no cluster.', async () => {
    const page = '<!DOCTYPE html><html><body>Not found</body></html>\n';
    const [ended] = await runOnUpload('page.csv', page);
    const { status, error, cause } = ended!;
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'StepFailed' });
    expect(cause).toMatch(/CovidReportError: .*page\.csv is a web page/);
    expect(cause).toContain('\nRun it again: npm run exec -- covid --stage dev --local\n');
    expect(cause).toMatch(/\nCost so far: [\d.]+ USD/);
    expect(cause).toMatch(/\nLast lines of the log:\n[^]*CovidReportError: /);
    const [, clusterId] = new RegExp(`\\nLog: ${LOGS}(j-[0-9A-Z]+)/`).exec(cause!)!;
    const { state, steps } = await historyOf(clusterId!);
    expect(state).toBe('TERMINATED');
    expect(steps).toEqual([expect.objectContaining({ name: 'covid-report', state: 'FAILED' })]);
    expect(await liveClusters()).toEqual([]);
  });
});
