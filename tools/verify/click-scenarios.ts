import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import type { JobRunSummary } from '@aws-sdk/client-emr-serverless';
import { S3 } from '@aws-sdk/client-s3';
import { executionName } from '../../handlers/shared/execution-tag';
import { LOG_TITLE } from '../../handlers/shared/cause-details';
import { sampleClicks } from '../../schemas/click';
import { CLICK_PREFIX, ERROR_PREFIX } from '../../stacks/clicklogger-permissions';
import { runQuery } from '../aws/athena';
import { listJobRuns } from '../aws/job-runs';
import { listObjects } from '../aws/s3-objects';
import type { Target } from '../aws/target';
import { parseMarkdownTable } from '../cli/table';
import { clickPipeline } from '../runs/click-pipeline';
import { ended, eventually, runPipeline, start, stop, type Scenario } from './scenario';
import type { VerifiedStage } from './stage';

/** A day without clicks. */
const DAMAGED_DAY = '2002-02-02';
const DAMAGED_FILE = 'damaged.parquet';

/** Final states of a job run: GetJobRun, API reference. */
const FINAL_STATES = ['SUCCESS', 'FAILED', 'CANCELLED'];

export async function countObjects({ client }: Target, Bucket: string, Prefix: string): Promise<number> {
  return (await listObjects(client(S3), { Bucket, Prefix })).length;
}

/** All job runs of the application of the stage. */
export async function jobRuns({ target, clicks }: VerifiedStage): Promise<JobRunSummary[]> {
  return listJobRuns(target, clicks.emr_application_id);
}

/** Number of clicks by caller and component, `caller component count`, sorted. */
function countsOf(rows: readonly (readonly (string | null)[])[]): string {
  return rows
    .map((cells) => cells.join(' '))
    .sort()
    .join(', ');
}

function countSamples(): string {
  const keys = sampleClicks().map(({ callerid, component }) => `${callerid} ${component}`);
  return countsOf([...new Set(keys)].map((key) => [key, String(keys.filter((one) => one === key).length)]));
}

const clicksToReport: Scenario = {
  name: 'clicks-to-report',
  title: 'Clicks become a report',
  expected: {
    'clicks accepted': sampleClicks().length,
    status: 'SUCCEEDED',
    report: countSamples(),
    'cost known': true,
    'files in errors/': 0,
  },
  run: async (context) => {
    const { target, clicks } = context.stage;
    const pipeline = clickPipeline({ target }, clicks, { clicks: sampleClicks() });
    const { ingestion, result, report } = await runPipeline(context, pipeline);
    const rows = report === undefined ? [] : (parseMarkdownTable(report)?.rows ?? []);
    return {
      'clicks accepted': ingestion?.accepted,
      status: result.status,
      report: countsOf(rows.map(([, ...cells]) => cells)),
      'cost known': typeof result.costUsd === 'number',
      'files in errors/': await countObjects(target, clicks.delivery_bucket, ERROR_PREFIX),
    };
  },
};

const clicksInAthena: Scenario = {
  name: 'clicks-in-athena',
  title: 'Athena counts the same clicks',
  expected: { 'rows as in the report': countSamples() },
  run: async ({ stage }) => {
    const { rows } = await runQuery(
      stage.target,
      "SELECT callerid, component, count(*) AS clicks FROM clicks WHERE data >= '2023-01-01' GROUP BY callerid, component",
    );
    return { 'rows as in the report': countsOf(rows) };
  },
};

const badDate: Scenario = {
  name: 'bad-date',
  title: 'An invalid date is rejected',
  expected: { status: 'FAILED', error: 'InvalidInputDate', 'job runs started': 0 },
  run: async (context) => {
    const before = await jobRuns(context.stage);
    const machine = context.stage.clicks.state_machine_arn;
    const { status, error } = await ended(
      context,
      await start(context, machine, { InputDate: '2026-02-30' }),
    );
    const after = await jobRuns(context.stage);
    return { status, error, 'job runs started': after.length - before.length };
  },
};

const stoppedJob: Scenario = {
  name: 'stopped-job',
  title: 'A stopped execution leaves no job run',
  expected: { execution: 'ABORTED', 'job run': 'CANCELLED' },
  run: async (context) => {
    const { target, clicks } = context.stage;
    const execution = await start(context, clicks.state_machine_arn, { InputDate: 'ALL' });
    const name = executionName(execution);
    const jobRunId = await eventually(
      context.stage,
      'A running job run',
      async () => (await jobRuns(context.stage)).find((run) => run.name === name)?.id,
    );
    await stop(context, execution);
    const { status } = await ended(context, execution);
    const state = await eventually(context.stage, `The end of job run ${jobRunId}`, async () => {
      const { jobRun } = await target
        .client(EMRServerless)
        .getJobRun({ applicationId: clicks.emr_application_id, jobRunId });
      return FINAL_STATES.find((final) => final === jobRun?.state);
    });
    return { execution: status, 'job run': state };
  },
};

const failingJob: Scenario = {
  name: 'failing-job',
  title: 'A failed job reports the reason',
  expected: {
    status: 'FAILED',
    error: 'JobRunFailed',
    'cause names the file': true,
    'cause has the last log lines': true,
    'reports published': 0,
  },
  run: async (context) => {
    const { target, clicks } = context.stage;
    const Key = `${CLICK_PREFIX}data=${DAMAGED_DAY}/${DAMAGED_FILE}`;
    const file = { Bucket: clicks.delivery_bucket, Key, Body: 'PAR1 this is not Parquet PAR1' };
    await target.client(S3).putObject(file);
    const execution = await start(context, clicks.state_machine_arn, { InputDate: DAMAGED_DAY });
    const { status, error, cause } = await ended(context, execution);
    const reports = `${DAMAGED_DAY.replaceAll('-', '/')}/`;
    return {
      status,
      error,
      'cause names the file': cause?.includes(DAMAGED_FILE),
      'cause has the last log lines': cause?.includes(LOG_TITLE),
      'reports published': await countObjects(target, clicks.output_bucket, reports),
    };
  },
};

/** Scenarios of the click pipeline; the damaged file is last, because queries and reports of all days read it. */
export const clickScenarios = [clicksToReport, clicksInAthena, badDate, stoppedJob, failingJob];
