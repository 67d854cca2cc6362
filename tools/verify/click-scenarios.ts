import { EMRServerlessClient, GetJobRunCommand, paginateListJobRuns } from '@aws-sdk/client-emr-serverless';
import { EMRClient } from '@aws-sdk/client-emr';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListObjectsV2, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { LOG_TITLE } from '../../handlers/shared/cause-details';
import { sampleClicks } from '../../schemas/click';
import { ERROR_PREFIX, CLICK_PREFIX } from '../../stacks/clicklogger-permissions';
import { ClickPipeline } from '../runs/click-pipeline';
import { TaskError } from '../cli/errors';
import type { PipelineClients } from '../aws/pipeline-clients';
import type { Step } from '../cli/progress';
import { parseMarkdownTable } from '../cli/table';
import type { Target } from '../aws/target';
import { queryRows } from './athena';
import { ended, start, stop, waitFor, yesNo, type Scenario, type ScenarioContext } from './scenario';
import type { VerifiedStage } from './stage';

/** A day on which nobody has clicked. */
const DAMAGED_DAY = '2002-02-02';
const DAMAGED_FILE = 'damaged.parquet';

/** What EMR Serverless does not leave any more: GetJobRun, API reference. */
const JOB_ENDS = ['SUCCESS', 'FAILED', 'CANCELLED'];

export function pipelineClients({ client }: Pick<Target, 'client'>): PipelineClients {
  return {
    emr: client(EMRClient),
    lambda: client(LambdaClient),
    s3: client(S3Client),
    sfn: client(SFNClient),
  };
}

/** Runs the steps of a pipeline one after the other. */
export async function runAll(steps: readonly Step[], update: (text: string) => void): Promise<void> {
  for (const step of steps) await step.run({ update, setTitle: () => undefined });
}

export async function keysUnder({ client }: Target, Bucket: string, Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: client(S3Client) },
    { Bucket, Prefix },
  ))
    keys.push(...Contents.map(({ Key = '' }) => Key));
  return keys;
}

/** Number of clicks by caller and component, `caller component count`, sorted. */
function countsOf(rows: readonly (readonly string[])[]): string {
  return rows
    .map((cells) => cells.join(' '))
    .sort()
    .join(', ');
}

function countSamples(): string {
  const keys = sampleClicks().map(({ callerid, component }) => `${callerid} ${component}`);
  return countsOf([...new Set(keys)].map((key) => [key, String(keys.filter((one) => one === key).length)]));
}

const SAMPLES_COUNTED = countSamples();

async function clicksToReport({ stage, update, record }: ScenarioContext): Promise<Record<string, string>> {
  const clicks = sampleClicks();
  const following = stage.target.kind === 'aws' ? { pollMs: 3_000 } : {};
  const pipeline = new ClickPipeline(pipelineClients(stage.target), stage.clicks, { clicks }, following);
  await runAll(pipeline.steps, update);
  const { run } = pipeline;
  if (run === undefined) throw new TaskError('The click pipeline ended without a result.');
  record(run.executionArn);
  const rows = parseMarkdownTable(run.report ?? '')?.rows ?? [];
  return {
    'clicks accepted': String(run.ingestion?.accepted),
    status: run.result.status,
    report: countsOf(rows.map(([, caller = '', component = '', count = '']) => [caller, component, count])),
    'cost known': yesNo(run.result.costUsd !== undefined && run.result.costUsd !== null),
    'files in errors/': String(
      (await keysUnder(stage.target, stage.clicks.delivery_bucket, ERROR_PREFIX)).length,
    ),
  };
}

async function jobRuns({ target, clicks }: VerifiedStage) {
  const found = [];
  const pages = paginateListJobRuns(
    { client: target.client(EMRServerlessClient) },
    { applicationId: clicks.emr_application_id },
  );
  for await (const { jobRuns: page = [] } of pages) found.push(...page);
  return found;
}

async function badDate(context: ScenarioContext): Promise<Record<string, string>> {
  const before = await jobRuns(context.stage);
  const machine = context.stage.clicks.state_machine_arn;
  const { status, error } = await ended(context, await start(context, machine, { InputDate: '2026-02-30' }));
  const started = (await jobRuns(context.stage)).length - before.length;
  return { status: String(status), error: String(error), 'job runs started': String(started) };
}

async function failingJob(context: ScenarioContext): Promise<Record<string, string>> {
  const { target, clicks } = context.stage;
  const Key = `${CLICK_PREFIX}data=${DAMAGED_DAY}/${DAMAGED_FILE}`;
  const file = { Bucket: clicks.delivery_bucket, Key, Body: 'PAR1 this is not Parquet PAR1' };
  await target.client(S3Client).send(new PutObjectCommand(file));
  const execution = await start(context, clicks.state_machine_arn, { InputDate: DAMAGED_DAY });
  const { status, error, cause = '' } = await ended(context, execution);
  return {
    status: String(status),
    error: String(error),
    'cause names the file': yesNo(cause.includes(DAMAGED_FILE)),
    'cause has the last log lines': yesNo(cause.includes(LOG_TITLE)),
    'reports published': String(
      (await keysUnder(target, clicks.output_bucket, `${DAMAGED_DAY.replaceAll('-', '/')}/`)).length,
    ),
  };
}

async function stoppedJob(context: ScenarioContext): Promise<Record<string, string>> {
  const { target, clicks } = context.stage;
  const execution = await start(context, clicks.state_machine_arn, { InputDate: 'ALL' });
  const name = execution.slice(execution.lastIndexOf(':') + 1);
  const jobRunId = await waitFor(
    target,
    'A job run that is under way',
    async () => (await jobRuns(context.stage)).find((run) => run.name === name)?.id,
  );
  await stop(context, execution);
  const { status } = await ended(context, execution);
  const state = await waitFor(target, `The end of job run ${jobRunId}`, async () => {
    const { jobRun } = await target
      .client(EMRServerlessClient)
      .send(new GetJobRunCommand({ applicationId: clicks.emr_application_id, jobRunId }));
    return JOB_ENDS.find((end) => end === jobRun?.state);
  });
  return { execution: String(status), 'job run': state };
}

async function clicksInAthena({
  stage: { target, clicks },
}: ScenarioContext): Promise<Record<string, string>> {
  const rows = await queryRows(target, {
    database: target.names.database(),
    sql: "SELECT callerid, component, count(*) AS clicks FROM clicks WHERE data >= '2023-01-01' GROUP BY callerid, component",
    results: `s3://${clicks.output_bucket}/athena/`,
  });
  return { 'rows as in the report': countsOf(rows) };
}

/** What the click pipeline is made to do; the damaged file comes last, as every query and report of all days reads it. */
export const clickScenarios: readonly Scenario[] = [
  {
    name: 'clicks-to-report',
    title: 'Clicks become a report',
    expected: {
      'clicks accepted': String(sampleClicks().length),
      status: 'SUCCEEDED',
      report: SAMPLES_COUNTED,
      'cost known': 'yes',
      'files in errors/': '0',
    },
    run: clicksToReport,
  },
  {
    name: 'clicks-in-athena',
    title: 'Athena counts the same clicks',
    expected: { 'rows as in the report': SAMPLES_COUNTED },
    run: clicksInAthena,
  },
  {
    name: 'bad-date',
    title: 'A day that does not exist is refused',
    expected: { status: 'FAILED', error: 'InvalidInputDate', 'job runs started': '0' },
    run: badDate,
  },
  {
    name: 'stopped-job',
    title: 'An execution stopped in mid job leaves nothing running',
    expected: { execution: 'ABORTED', 'job run': 'CANCELLED' },
    run: stoppedJob,
  },
  {
    name: 'failing-job',
    title: 'A job that fails says why',
    expected: {
      status: 'FAILED',
      error: 'JobRunFailed',
      'cause names the file': 'yes',
      'cause has the last log lines': 'yes',
      'reports published': '0',
    },
    run: failingJob,
  },
];
