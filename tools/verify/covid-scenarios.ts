import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeClusterCommand, EMRClient, type Cluster } from '@aws-sdk/client-emr';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Settings } from '../../config/settings';
import { findCluster } from '../../handlers/cluster-notifier/find-cluster';
import { covidReportColumns, covidReportPartition } from '../../schemas/covid-report';
import { COVID_PREFIXES } from '../../stacks/covid-permissions';
import { CovidPipeline } from '../runs/covid-pipeline';
import { TaskError } from '../cli/errors';
import { generatedExport } from '../runs/pipeline-inputs';
import { readObject } from '../runs/report';
import { queryRows } from './athena';
import { keysUnder, pipelineClients, runAll } from './click-scenarios';
import { ended, start, stop, waitFor, yesNo, type Scenario, type ScenarioContext } from './scenario';
import type { VerifiedStage } from './stage';

/** What a cluster does not leave any more. */
const CLUSTER_ENDS = ['TERMINATED', 'TERMINATED_WITH_ERRORS'];

const STREAMED = 'logs in CloudWatch';

const WEB_PAGE = { name: 'page.csv', body: '<!DOCTYPE html><html><body>Not found</body></html>\n' };

async function sampleToCsv({ stage, update, record }: ScenarioContext): Promise<Record<string, string>> {
  const { target, covid } = stage;
  const following = target.kind === 'aws' ? { pollMs: 5_000 } : {};
  const data = await generatedExport();
  const pipeline = new CovidPipeline(pipelineClients(target), covid, { data, alone: true }, following);
  await runAll(pipeline.steps, update);
  const { run } = pipeline;
  if (run?.summary === undefined) throw new TaskError('The covid pipeline ended without a summary.');
  record(run.executionArn);
  const { rows, report_rows: reported } = run.summary;
  const lines = (run.report ?? '').trimEnd().split('\n').length;
  return {
    status: run.result.status,
    'rows read': String(rows.read),
    'every row is counted or rejected': yesNo(rows.read === rows.counted + rows.rejected),
    // A header, and a line for each row.
    'report is complete': yesNo(lines === reported + 1),
    cluster: await clusterEnd(stage, run.result.clusterId ?? ''),
    ...(await streamedLogs(stage)),
  };
}

/** Whether the step's log is in CloudWatch; asked for only with CLUSTER_CLOUDWATCH_LOGS=on. */
async function streamedLogs({ target }: VerifiedStage): Promise<Record<string, string>> {
  if (!target.settings.cluster.cloudwatchLogs) return {};
  const logGroupName = target.names.logGroup('emr', 'covid');
  const command = new FilterLogEventsCommand({ logGroupName, limit: 1 });
  const { events = [] } = await target.client(CloudWatchLogsClient).send(command);
  return { [STREAMED]: yesNo(events.length > 0) };
}

function clusterEnd({ target }: VerifiedStage, clusterId: string): Promise<string> {
  return waitFor(target, `The end of cluster ${clusterId}`, async () => {
    const command = new DescribeClusterCommand({ ClusterId: clusterId });
    const { Cluster: cluster } = await target.client(EMRClient).send(command);
    return CLUSTER_ENDS.find((end) => end === cluster?.Status?.State);
  });
}

function clusterOf(
  { target }: VerifiedStage,
  executionArn: string,
  startedAt: Date | undefined,
): Promise<Cluster | undefined> {
  const prefix = `${target.names.plain('covid')}-`;
  return findCluster(target.client(EMRClient), prefix, executionArn, startedAt);
}

async function failingStep(context: ScenarioContext): Promise<Record<string, string>> {
  const { target, covid } = context.stage;
  const s3 = target.client(S3Client);
  const page = { Bucket: covid.data_bucket, Key: `${COVID_PREFIXES.raw}${WEB_PAGE.name}` };
  await s3.send(new PutObjectCommand({ ...page, Body: WEB_PAGE.body }));
  const before = await keysUnder(target, covid.data_bucket, COVID_PREFIXES.processed);
  try {
    const execution = await start(context, covid.state_machine_arn, {});
    const { status, error, cause = '', startDate } = await ended(context, execution);
    const cluster = await clusterOf(context.stage, execution, startDate);
    const after = await keysUnder(target, covid.data_bucket, COVID_PREFIXES.processed);
    return {
      status: String(status),
      error: String(error),
      'cause names the file': yesNo(cause.includes(WEB_PAGE.name)),
      'reports published': String(after.length - before.length),
      cluster: cluster?.Id === undefined ? 'none' : await clusterEnd(context.stage, cluster.Id),
    };
  } finally {
    await s3.send(new DeleteObjectCommand(page));
  }
}

async function stoppedStart(context: ScenarioContext): Promise<Record<string, string>> {
  const { target, covid } = context.stage;
  const began = new Date();
  const execution = await start(context, covid.state_machine_arn, {});
  const cluster = await waitFor(target, 'A cluster that starts', () =>
    clusterOf(context.stage, execution, began),
  );
  await stop(context, execution);
  const { status } = await ended(context, execution);
  return { execution: String(status), cluster: await clusterEnd(context.stage, cluster.Id ?? '') };
}

/** Cells of a CSV line or of an Athena row as they compare: numbers without the zeros at their end. */
function comparable(cells: readonly string[]): string {
  return cells
    .map((cell) => (cell !== '' && Number.isFinite(Number(cell)) ? String(Number(cell)) : cell))
    .join(',');
}

async function reportInAthena({
  stage: { target, covid },
}: ScenarioContext): Promise<Record<string, string>> {
  const [report] = (await keysUnder(target, covid.data_bucket, COVID_PREFIXES.processed)).filter((key) =>
    key.endsWith('/covid_report.csv'),
  );
  if (report === undefined) throw new TaskError('There is no report in processed/.');
  const csv = await readObject(target.client(S3Client), `s3://${covid.data_bucket}/${report}`);
  const [, ...lines] = csv.trimEnd().split(/\r?\n/);
  const columns = covidReportColumns.map(({ name }) => name).join(', ');
  const rows = await queryRows(target, {
    database: target.names.database('covid'),
    sql: `SELECT ${columns} FROM covid_report WHERE ${covidReportPartition.name} >= '2020-01-01'`,
    results: `s3://${covid.data_bucket}/athena/`,
  });
  const inTable = new Set(rows.map(comparable));
  const missing = lines.filter((line) => !inTable.has(comparable(line.split(','))));
  return {
    'as many rows as the report': yesNo(rows.length === lines.length),
    'rows that differ': String(missing.length),
  };
}

/** What the covid pipeline is made to do, in this order. */
export function covidScenarios(
  { cluster }: Pick<Settings, 'cluster'>,
  sampleRows: number,
): readonly Scenario[] {
  return [
    {
      name: 'sample-to-csv',
      title: 'Generated hospital data becomes a report',
      expected: {
        status: 'SUCCEEDED',
        'rows read': String(sampleRows),
        'every row is counted or rejected': 'yes',
        'report is complete': 'yes',
        cluster: 'TERMINATED',
        ...(cluster.cloudwatchLogs ? { [STREAMED]: 'yes' } : {}),
      },
      run: sampleToCsv,
    },
    {
      name: 'report-in-athena',
      title: 'Athena reads the same report',
      expected: { 'as many rows as the report': 'yes', 'rows that differ': '0' },
      run: reportInAthena,
    },
    {
      name: 'failing-step',
      title: 'A step that fails says why, and its cluster ends',
      expected: {
        status: 'FAILED',
        error: 'StepFailed',
        'cause names the file': 'yes',
        'reports published': '0',
        cluster: 'TERMINATED',
      },
      run: failingStep,
    },
    {
      name: 'stopped-start',
      title: 'An execution stopped while its cluster starts leaves no cluster',
      expected: { execution: 'ABORTED', cluster: 'TERMINATED' },
      run: stoppedStart,
    },
  ];
}
