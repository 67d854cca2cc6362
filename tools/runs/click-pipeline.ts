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

export interface ClickWork {
  /** Clicks to send before the workflow starts; undefined to use the existing clicks. */
  readonly clicks: readonly unknown[] | undefined;
  /** Day of arrival to report on, `YYYY-MM-DD` in UTC, or `ALL`. @default the day of the sent clicks, else today */
  readonly date?: string | undefined;
}

interface Sent {
  readonly ingestion: Ingestion;
  /** URI of the Parquet file from Firehose. */
  readonly deliveredFile: string;
}

/** Result of a run of the click pipeline; the fields of `Sent` are undefined when no clicks were sent. */
export interface ClickRun extends Partial<Sent> {
  readonly executionArn: string;
  /** Duration of the execution. */
  readonly seconds: number;
  readonly result: z.infer<typeof resultSchema>;
  /** The report as Markdown; undefined when the workflow has written none. */
  readonly report: string | undefined;
  /** The counts of the report; undefined when it has none. */
  readonly tally: ClickTally | undefined;
}

/** The steps of a pipeline run, and its result after the last step. */
export interface PipelineSteps<Run> {
  readonly steps: readonly Step[];
  readonly run: () => Run | undefined;
}

/** Sends clicks, waits for their Parquet file, runs the workflow and reads its report. */
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
