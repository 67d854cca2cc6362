import { S3 } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { readObject } from '../aws/s3-objects';
import { describeSeconds, withElapsed } from '../cli/elapsed';
import { TaskError } from '../cli/errors';
import type { Step } from '../cli/progress';
import {
  dayOf,
  deliveredKeys,
  describeRejections,
  sendClicks,
  today,
  waitForDelivery,
  type DeliveryWatch,
  type Ingestion,
} from './click-delivery';
import { type ClickTally, readTally } from './click-report';
import { findDeliveryProblems } from './delivery-problems';
import { followRun, startRun, type RunPlace } from './execution';

/** Outputs of the clicklogger stack that a run needs. */
export const clickOutputs = z.object({
  ingestion_function_name: z.string(),
  state_machine_arn: z.string(),
  delivery_bucket: z.string(),
  output_bucket: z.string(),
  logs_bucket: z.string(),
  emr_application_id: z.string(),
});

type ClickOutputs = z.infer<typeof clickOutputs>;

const resultSchema = z.looseObject({
  status: z.enum(['SUCCEEDED', 'NOTHING_TO_DO']),
  report: z.string().optional(),
  jobRunId: z.string().optional(),
  durationSeconds: z.number().nullish(),
  costUsd: z.number().nullish(),
  billed: z.record(z.string(), z.unknown()).nullish(),
  message: z.string().optional(),
});

/** What the click pipeline must do. */
export interface ClickWork {
  /** To be sent before the workflow runs; undefined to run it on what is there. */
  readonly clicks: readonly unknown[] | undefined;
  /** Day of arrival to report on, `YYYY-MM-DD` in UTC, or `ALL`. @default that of the sent clicks, else today */
  readonly date?: string | undefined;
}

interface Sent {
  readonly ingestion: Ingestion;
  /** URI of the Parquet file that Firehose wrote. */
  readonly deliveredFile: string;
}

/** Result of a run of the click pipeline; what belongs to clicks is undefined when none were sent. */
export interface ClickRun extends Partial<Sent> {
  readonly executionArn: string;
  /** How long the execution took. */
  readonly seconds: number;
  /** Output of the workflow. */
  readonly result: z.infer<typeof resultSchema>;
  /** The report as Markdown; undefined when the workflow made none. */
  readonly report: string | undefined;
  /** What the job counted and rejected; undefined when the report does not say. */
  readonly tally: ClickTally | undefined;
}

/** Steps that run a pipeline, and their result once the last one has ended. */
export interface PipelineSteps<Run> {
  readonly steps: readonly Step[];
  readonly run: () => Run | undefined;
}

/** Clicks into the Lambda, their Parquet file, the workflow, its report. `outputs` are those of the clicklogger stack. */
export function clickPipeline(
  place: RunPlace,
  outputs: unknown,
  { clicks, date }: ClickWork,
): PipelineSteps<ClickRun> {
  const own = clickOutputs.parse(outputs);
  let sent: (Sent & { readonly day: string }) | undefined;
  let run: ClickRun | undefined;
  const send = `Send ${clicks?.length ?? 0} clicks`;
  const sendStep: Step = {
    title: send,
    run: async ({ update, setTitle }) => {
      sent = await deliver(place, own, clicks ?? [], update);
      setTitle(`${send}: ${sent.ingestion.accepted} accepted, in ${sent.deliveredFile}`);
    },
  };
  const runStep: Step = {
    title: titleOf(date ?? 'today'),
    run: async ({ update, setTitle }) => {
      const { day = today(), ...delivery } = sent ?? {};
      const ended = await runWorkflow(place, own, date ?? day, update);
      run = { ...delivery, ...ended };
      setTitle(`${titleOf(date ?? day)}: ${describeSeconds(ended.seconds)}`);
    },
  };
  return { steps: clicks === undefined ? [runStep] : [sendStep, runStep], run: () => run };
}

async function deliver(
  { target }: RunPlace,
  { delivery_bucket: bucket, ingestion_function_name: name }: ClickOutputs,
  clicks: readonly unknown[],
  update: (text: string) => void,
): Promise<Sent & { readonly day: string }> {
  const firstDay = today();
  const since = new Date();
  const before = await deliveredKeys(target, bucket, firstDay);
  const ingestion = await sendClicks(target, name, clicks);
  if (ingestion.accepted === 0)
    throw new TaskError(`No click was accepted.\n${describeRejections(ingestion)}`);
  const waiting = 'Firehose buffers';
  const key = await withElapsed(update, waiting, (onState) => {
    const watch: DeliveryWatch = {
      findProblems: () => findDeliveryProblems(target, { bucket, firstDay, since, clicks }),
      onProblems: (texts) => {
        onState({ name: texts.length === 0 ? waiting : texts.join(' ') });
      },
    };
    return waitForDelivery(target, bucket, firstDay, before, { watch });
  });
  return { ingestion, deliveredFile: `s3://${bucket}/${key}`, day: dayOf(key) };
}

async function runWorkflow(
  place: RunPlace,
  { state_machine_arn: machine, logs_bucket: bucket, emr_application_id: application }: ClickOutputs,
  date: string,
  update: (text: string) => void,
): Promise<ClickRun> {
  const execution = await startRun(place.target, machine, { InputDate: date });
  const logs = `of the Spark job: s3://${bucket}/applications/${application}/jobs/`;
  const { output, ...ended } = await followRun(place, execution, { schema: resultSchema, logs }, update);
  const s3 = place.target.client(S3);
  if (output.report === undefined) return { ...ended, result: output, report: undefined, tally: undefined };
  const report = await readObject(s3, output.report);
  return { ...ended, result: output, report, tally: readTally(report, output.report) };
}

function titleOf(date: string): string {
  return `Run the clicklogger workflow for ${date === 'ALL' ? 'all days' : date}`;
}
