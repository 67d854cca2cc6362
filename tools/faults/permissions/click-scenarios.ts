import { randomUUID } from 'node:crypto';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { Firehose } from '@aws-sdk/client-firehose';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';
import { sampleClicks } from '../../../schemas/click';
import { CLICK_PREFIX } from '../../../stacks/clicklogger-permissions';
import { cancelJobs, listJobRuns } from '../../aws/job-runs';
import { listObjects } from '../../aws/s3-objects';
import { TaskError } from '../../cli/errors';
import { deliveredKeys, sendClicks, today, waitForDelivery } from '../../runs/click-delivery';
import { type Bench, expectIn, type PermissionScenario } from './bench';

const BAD_DAY = '2003-03-03';
const DAMAGED_DAY = '2002-02-02';
/** Part of a scheduled event that the reapers read. */
export const SWEEP_EVENT = { 'detail-type': 'Scheduled Event' };

const FAILED = 'an execution whose job has failed';
const FAILED_JOB = 'a job run that has failed';

async function sendClick({ target, stage }: Bench): Promise<void> {
  const { accepted } = await sendClicks(
    target,
    stage.clicks.ingestion_function_name,
    sampleClicks().slice(0, 1),
  );
  if (accepted !== 1) throw new TaskError('The click was not accepted.');
}

/** Does `act`, and resolves with the key of the next delivered file. */
async function delivered(bench: Bench, act: () => Promise<unknown>): Promise<string> {
  const { target, stage, limitMs } = bench;
  const bucket = stage.clicks.delivery_bucket;
  const before = await deliveredKeys(target, bucket, today());
  await act();
  return waitForDelivery(target, bucket, today(), before, { limitMs });
}

/** A job run like the job runs of the workflow, with the tag of an execution that does not exist. */
async function startOrphan({ target, stage }: Bench, name: string): Promise<string> {
  const { clicks } = stage;
  const emr = target.client(EMRServerless);
  const [like] = await listJobRuns(target, clicks.emr_application_id);
  const { jobRun } = await emr.getJobRun({ applicationId: clicks.emr_application_id, jobRunId: like?.id });
  const execution = clicks.state_machine_arn.replace(':stateMachine:', ':execution:');
  const { applicationId, executionRole, jobDriver, configurationOverrides, tags } = jobRun ?? {};
  const { jobRunId = '' } = await emr.startJobRun({
    applicationId,
    jobDriver,
    configurationOverrides,
    name,
    executionRoleArn: executionRole,
    clientToken: randomUUID(),
    tags: { ...tags, execution: `${execution}:${name}` },
  });
  return jobRunId;
}

async function cancelled(bench: Bench, jobRunId: string | undefined): Promise<void> {
  const applicationId = bench.stage.clicks.emr_application_id;
  await bench.wait(`The end of job run ${jobRunId ?? ''}`, async () => {
    const { jobRun } = await bench.target.client(EMRServerless).getJobRun({ applicationId, jobRunId });
    return jobRun?.state === 'CANCELLED' ? true : undefined;
  });
}

/** Does `work` while the failed job run has no log. */
function withoutLog<T>(bench: Bench, work: () => Promise<T>): Promise<T> {
  const { emr_application_id: application, logs_bucket: logs } = bench.stage.clicks;
  return bench.without(logs, `applications/${application}/jobs/${bench.take(FAILED_JOB)}/`, work);
}

/** Updates the logging configuration of a state machine, for which Step Functions checks the role. */
export async function updateLogging({ target }: Bench, stateMachineArn: string): Promise<void> {
  const sfn = target.client(SFN);
  const { loggingConfiguration } = await sfn.describeStateMachine({ stateMachineArn });
  await sfn.updateStateMachine({ stateMachineArn, loggingConfiguration });
}

/** Ends all executions and job runs. */
export async function settleClicks(bench: Bench): Promise<void> {
  for (const execution of await bench.running()) await bench.stop(execution);
  await cancelJobs(bench.target, [bench.stage.clicks.emr_application_id], () => undefined);
}

/** Folder of a day in the output bucket and in `rejected/`. */
const folderOf = (day: string): string => `${day.replaceAll('-', '/')}/`;

/** Creates the report of today without rejected rows, when an earlier run left rejected rows. */
async function report(bench: Bench): Promise<void> {
  const s3 = bench.target.client(S3);
  const { output_bucket: output } = bench.stage.clicks;
  const rejected = { Bucket: output, Prefix: `rejected/${folderOf(today())}` };
  await s3.putObject({ Bucket: output, Key: `${rejected.Prefix}part.json`, Body: '{}' });
  const { output: text } = await bench.run({ InputDate: today() }, 'SUCCEEDED');
  expectIn(text, /"costUsd":\d/);
  const [left] = await listObjects(s3, rejected);
  if (left !== undefined) throw new TaskError(`The rejected rows of an earlier run are left: ${left.Key}`);
  const { emr_application_id: id, logs_bucket: Bucket } = bench.stage.clicks;
  const [, run] = /"jobRunId":"(\w+)"/.exec(text ?? '') ?? [];
  const Prefix = `applications/${id}/jobs/${String(run)}/SPARK_DRIVER/`;
  await bench.wait('The log of the job run', async () => {
    const [first] = await listObjects(s3, { Bucket, Prefix });
    return first;
  });
}

/** Creates the report of a day with a valid and an invalid row, which is sent to Firehose because the ingestion rejects it. */
async function reportWithBadRow(bench: Bench): Promise<void> {
  const { clicks } = bench.stage;
  const s3 = bench.target.client(S3);
  const [good] = sampleClicks();
  const Records = [{ ...good, createdtime: `${BAD_DAY}T10:00:00Z` }, { user: 'nobody' }].map((click) => ({
    Data: Buffer.from(`${JSON.stringify(click)}\n`),
  }));
  const DeliveryStreamName = bench.target.names.deliveryStream();
  const Bucket = clicks.delivery_bucket;
  const Key = await delivered(bench, () =>
    bench.target.client(Firehose).putRecordBatch({ DeliveryStreamName, Records }),
  );
  const moved = {
    Bucket,
    Key: `${CLICK_PREFIX}data=${BAD_DAY}/clicks.parquet`,
    CopySource: `${Bucket}/${Key}`,
  };
  await s3.copyObject(moved);
  await s3.deleteObject({ Bucket, Key });
  await bench.run({ InputDate: BAD_DAY }, 'SUCCEEDED');
  const Prefix = `rejected/${folderOf(BAD_DAY)}`;
  const [rejected] = await listObjects(s3, { Bucket: clicks.output_bucket, Prefix });
  if (rejected === undefined) throw new TaskError(`There are no rows in ${Prefix}.`);
}

/** Scenarios of the click pipeline; later scenarios use values of earlier ones. */
export const clickScenarios: readonly PermissionScenario[] = [
  {
    name: 'a click is accepted',
    run: async (bench) => {
      const answer = await bench.invoke('ingestion', sampleClicks().slice(0, 1));
      expectIn(answer, /\\"accepted\\":1/);
    },
  },
  {
    name: 'a click is delivered',
    run: async (bench) => {
      await delivered(bench, () => sendClick(bench));
    },
  },
  {
    name: 'a delivery is denied and logged',
    run: async (bench) => {
      const began = Date.now();
      await delivered(bench, () =>
        bench.policies.denying('delivery', ['s3:PutObject'], async () => {
          await sendClick(bench);
          await bench.logged('kinesisfirehose', 'firehose-delivery-stream', began);
        }),
      );
    },
  },
  { name: 'a day is reported', run: report },
  { name: 'a day with a bad row is reported', run: reportWithBadRow },
  { name: 'a day with a bad row is reported again', run: reportWithBadRow },
  {
    name: 'a job fails',
    run: async (bench) => {
      const Bucket = bench.stage.clicks.delivery_bucket;
      const Key = `${CLICK_PREFIX}data=${DAMAGED_DAY}/damaged.parquet`;
      await bench.target.client(S3).putObject({ Bucket, Key, Body: 'not Parquet' });
      const { executionArn = '', cause } = await bench.run(
        { InputDate: DAMAGED_DAY },
        'FAILED',
        'JobRunFailed',
      );
      bench.left.set(FAILED, executionArn);
      const [, jobRun] = /\nJob run: (\w+)/.exec(cause ?? '') ?? [];
      if (jobRun === undefined) throw new TaskError(`The cause has no job run: ${cause}`);
      bench.left.set(FAILED_JOB, jobRun);
      expectIn(cause, /damaged\.parquet/, /Last lines of the log:/, /Cost so far: \d/);
    },
  },
  {
    name: 'a job whose state cannot be read is cancelled',
    run: async (bench) => {
      const executionArn = await bench.policies.denying(
        'job-status',
        ['emr-serverless:GetJobRun'],
        async () => {
          const started = await bench.start({ InputDate: today() });
          await bench.ended(started);
          return started;
        },
      );
      const runs = await listJobRuns(bench.target, bench.stage.clicks.emr_application_id);
      await cancelled(bench, runs.find(({ name }) => executionArn.endsWith(`:${String(name)}`))?.id);
    },
  },
  {
    name: 'the reaper ends a job run that no execution owns',
    run: async (bench) => {
      const jobRunId = await startOrphan(bench, randomUUID());
      await bench.invokeUntil('reaper', SWEEP_EVENT, () => cancelled(bench, jobRunId));
    },
  },
  {
    name: 'the state of a failed job without a log is read',
    run: async (bench) => {
      const { emr_application_id: applicationId, logs_bucket: logs } = bench.stage.clicks;
      const event = { applicationId, jobRunId: bench.take(FAILED_JOB), logUri: `s3://${logs}/` };
      const answer = await withoutLog(bench, () => bench.invoke('job-status', event));
      expectIn(answer, /there is no such object/);
    },
  },
  {
    name: 'a failed job is notified',
    run: async (bench) => {
      const message = await bench.notify('notifier', 'heard', bench.take(FAILED));
      expectIn(message, /Last lines of the log:/, /Cost so far: +\d/);
    },
  },
  {
    name: 'a failed job without a log is notified',
    run: async (bench) => {
      const message = await withoutLog(bench, () => bench.notify('notifier', 'heard', bench.take(FAILED)));
      expectIn(message, /there is no such object/);
    },
  },
  {
    name: 'the reaper fails and its event is kept',
    run: (bench) => bench.failInvocation('reaper', 'dead-letters'),
  },
  {
    name: 'the notifier fails and its event is kept',
    run: (bench) => bench.failInvocation('notifier', 'dead-letters'),
  },
  {
    name: 'the log of the workflow is configured',
    run: (bench) => updateLogging(bench, bench.stage.clicks.state_machine_arn),
  },
];
