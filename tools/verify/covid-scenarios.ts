import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EMR, type Cluster } from '@aws-sdk/client-emr';
import { S3 } from '@aws-sdk/client-s3';
import type { Settings } from '../../config/settings';
import { findCluster } from '../../handlers/shared/compute/find-cluster';
import { covidReportColumns, covidReportPartition } from '../../schemas/covid-report';
import { COVID_PREFIXES } from '../../stacks/covid-permissions';
import { runQuery } from '../aws/athena';
import { listObjects, readObject } from '../aws/s3-objects';
import { TaskError } from '../cli/errors';
import type { CovidExport } from '../covid-data/covid-export';
import { covidPipeline } from '../runs/covid-pipeline';
import { countObjects } from './click-scenarios';
import type { Facts } from './facts';
import { ended, eventually, runPipeline, start, stop, type Scenario } from './scenario';
import type { VerifiedStage } from './stage';

const FINAL_STATES = ['TERMINATED', 'TERMINATED_WITH_ERRORS'];

const STREAMED = 'logs in CloudWatch';

const WEB_PAGE = { name: 'page.csv', body: '<!DOCTYPE html><html><body>Not found</body></html>\n' };

/** Generated data becomes a report; logs in CloudWatch are checked only with CLUSTER_CLOUDWATCH_LOGS=on. */
function sampleToCsv({ cluster }: Pick<Settings, 'cluster'>, data: CovidExport): Scenario {
  return {
    name: 'sample-to-csv',
    title: 'Generated hospital data becomes a report',
    expected: {
      status: 'SUCCEEDED',
      'rows read': data.rows,
      'every row is counted or rejected': true,
      'report is complete': true,
      cluster: 'TERMINATED',
      ...(cluster.cloudwatchLogs ? { [STREAMED]: true } : {}),
    },
    run: async (context) => {
      const { target, covid } = context.stage;
      const pipeline = covidPipeline({ target }, covid, { data, replace: true });
      const { result, report, summary } = await runPipeline(context, pipeline);
      if (summary === undefined) throw new TaskError('The covid pipeline ended without a summary.');
      const { rows, report_rows: reported } = summary;
      return {
        status: result.status,
        'rows read': rows.read,
        'every row is counted or rejected': rows.read === rows.counted + rows.rejected,
        // A header, and a line for each row.
        'report is complete': report?.trimEnd().split('\n').length === reported + 1,
        cluster: await clusterEnd(context.stage, result.clusterId),
        ...(cluster.cloudwatchLogs ? await streamedLogs(context.stage) : {}),
      };
    },
  };
}

async function streamedLogs({ target }: VerifiedStage): Promise<Facts> {
  const logGroupName = target.names.logGroup('emr', 'covid');
  const { events = [] } = await target.client(CloudWatchLogs).filterLogEvents({ logGroupName, limit: 1 });
  return { [STREAMED]: events.length > 0 };
}

/** Waits for the final state of a cluster; undefined when there is no cluster. */
async function clusterEnd(stage: VerifiedStage, clusterId: string | undefined): Promise<string | undefined> {
  if (clusterId === undefined) return undefined;
  return eventually(stage, `The end of cluster ${clusterId}`, async () => {
    const { Cluster: cluster } = await stage.target.client(EMR).describeCluster({ ClusterId: clusterId });
    return FINAL_STATES.find((final) => final === cluster?.Status?.State);
  });
}

function clusterOf(
  { target }: VerifiedStage,
  executionArn: string,
  startedAt: Date | undefined,
): Promise<Cluster | undefined> {
  const prefix = `${target.names.plain('covid')}-`;
  return findCluster(target.client(EMR), prefix, executionArn, startedAt);
}

const failingStep: Scenario = {
  name: 'failing-step',
  title: 'A failed step reports the reason, and its cluster terminates',
  expected: {
    status: 'FAILED',
    error: 'StepFailed',
    'cause names the file': true,
    'reports published': 0,
    cluster: 'TERMINATED',
  },
  run: async (context) => {
    const { target, covid } = context.stage;
    const s3 = target.client(S3);
    const page = { Bucket: covid.data_bucket, Key: `${COVID_PREFIXES.raw}${WEB_PAGE.name}` };
    await s3.putObject({ ...page, Body: WEB_PAGE.body });
    const before = await countObjects(target, covid.data_bucket, COVID_PREFIXES.processed);
    try {
      const execution = await start(context, covid.state_machine_arn, {});
      const { status, error, cause, startDate } = await ended(context, execution);
      const cluster = await clusterOf(context.stage, execution, startDate);
      const after = await countObjects(target, covid.data_bucket, COVID_PREFIXES.processed);
      return {
        status,
        error,
        'cause names the file': cause?.includes(WEB_PAGE.name),
        'reports published': after - before,
        cluster: await clusterEnd(context.stage, cluster?.Id),
      };
    } finally {
      await s3.deleteObject(page);
    }
  },
};

const stoppedStart: Scenario = {
  name: 'stopped-start',
  title: 'A stopped execution leaves no cluster',
  expected: { execution: 'ABORTED', cluster: 'TERMINATED' },
  run: async (context) => {
    const began = new Date();
    const execution = await start(context, context.stage.covid.state_machine_arn, {});
    const cluster = await eventually(context.stage, 'A cluster that starts', () =>
      clusterOf(context.stage, execution, began),
    );
    await stop(context, execution);
    const { status } = await ended(context, execution);
    return { execution: status, cluster: await clusterEnd(context.stage, cluster.Id) };
  },
};

/** Cells of a CSV line or of an Athena row for comparison: numbers without trailing zeros. */
function comparable(cells: readonly string[]): string {
  return cells
    .map((cell) => (cell !== '' && Number.isFinite(Number(cell)) ? String(Number(cell)) : cell))
    .join(',');
}

const reportInAthena: Scenario = {
  name: 'report-in-athena',
  title: 'Athena reads the same report',
  expected: { 'as many rows as the report': true, 'rows that differ': 0 },
  run: async ({ stage }) => {
    const { target, covid } = stage;
    const s3 = target.client(S3);
    const objects = await listObjects(s3, { Bucket: covid.data_bucket, Prefix: COVID_PREFIXES.processed });
    const report = objects.find(({ Key }) => Key.endsWith('/covid_report.csv'));
    if (report === undefined) throw new TaskError('There is no report in processed/.');
    const csv = await readObject(s3, `s3://${covid.data_bucket}/${report.Key}`);
    const [, ...lines] = csv.trimEnd().split(/\r?\n/);
    const columns = covidReportColumns.map(({ name }) => name).join(', ');
    const { rows } = await runQuery(
      target,
      `SELECT ${columns} FROM covid_report WHERE ${covidReportPartition.name} >= '2020-01-01'`,
    );
    const inTable = new Set(rows.map((row) => comparable(row.map((cell) => cell ?? ''))));
    return {
      'as many rows as the report': rows.length === lines.length,
      'rows that differ': lines.filter((line) => !inTable.has(comparable(line.split(',')))).length,
    };
  },
};

/** Scenarios of the covid pipeline, in this order. */
export function covidScenarios(settings: Pick<Settings, 'cluster'>, data: CovidExport): readonly Scenario[] {
  return [sampleToCsv(settings, data), reportInAthena, failingStep, stoppedStart];
}
