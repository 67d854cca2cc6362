import * as z from 'zod';
import {
  dayOf,
  deliveredKeys,
  describeRejections,
  sendClicks,
  today,
  waitForDelivery,
  type Ingestion,
} from './click-delivery';
import { describeSeconds, withElapsed } from '../cli/elapsed';
import { followRun, RunFailed, startRun, type Following } from './execution';
import { TaskError } from '../cli/errors';
import type { PipelineClients } from '../aws/pipeline-clients';
import type { Step } from '../cli/progress';
import { readObject } from './report';

/** Outputs of the clicklogger stack that a run needs. */
export const clickOutputs = z.object({
  ingestion_function_name: z.string(),
  state_machine_arn: z.string(),
  delivery_bucket: z.string(),
  output_bucket: z.string(),
  logs_bucket: z.string(),
  emr_application_id: z.string(),
});

const resultSchema = z.looseObject({
  status: z.enum(['SUCCEEDED', 'NOTHING_TO_DO']),
  report: z.string().optional(),
  durationSeconds: z.number().nullish(),
  costUsd: z.number().nullish(),
  billed: z.record(z.string(), z.unknown()).nullish(),
  message: z.string().optional(),
});

/** What the click pipeline is to do. */
export interface ClickWork {
  /** To be sent before the workflow runs; undefined to run it on what is there. */
  readonly clicks: readonly unknown[] | undefined;
  /** Day of arrival to report on, `YYYY-MM-DD` in UTC, or `ALL`. @default that of the sent clicks, else today */
  readonly date?: string | undefined;
}

/** What a run of the click pipeline has found out. */
export interface ClickRun {
  /** Undefined when no click was sent. */
  readonly ingestion?: Ingestion;
  /** URI of the Parquet file that Firehose wrote; undefined when no click was sent. */
  readonly deliveredFile?: string;
  readonly executionArn: string;
  /** How long the execution took. */
  readonly seconds: number;
  /** What the workflow ended with. */
  readonly result: z.infer<typeof resultSchema>;
  /** The report as Markdown; undefined when the workflow made none. */
  readonly report: string | undefined;
}

/** Clicks into the Lambda, their Parquet file, the workflow, its report: `steps` in order, then `run`. */
export class ClickPipeline {
  private readonly outputs: z.infer<typeof clickOutputs>;
  private firstDay = today();
  private before: ReadonlySet<string> = new Set();
  private arrivalDay: string | undefined;
  private sent: Pick<ClickRun, 'ingestion' | 'deliveredFile'> = {};
  private ended: Omit<ClickRun, 'ingestion' | 'deliveredFile'> | undefined;

  /** `outputs` are those of the clicklogger stack. */
  constructor(
    private readonly clients: PipelineClients,
    outputs: unknown,
    private readonly work: ClickWork,
    private readonly following: Following = {},
  ) {
    this.outputs = clickOutputs.parse(outputs);
  }

  get steps(): readonly Step[] {
    const { clicks } = this.work;
    return [
      ...(clicks === undefined ? [] : this.sendingSteps(clicks)),
      {
        title: titleOf(this.work.date ?? 'today'),
        run: async ({ update, setTitle }) => {
          const date = this.work.date ?? this.arrivalDay ?? today();
          setTitle(`${titleOf(date)}: ${describeSeconds(await this.runWorkflow(date, update))}`);
        },
      },
    ];
  }

  /** What the steps have found out; undefined before the last one has ended. */
  get run(): ClickRun | undefined {
    return this.ended && { ...this.sent, ...this.ended };
  }

  private sendingSteps(clicks: readonly unknown[]): readonly Step[] {
    const send = `Send ${clicks.length} clicks`;
    return [
      {
        title: send,
        run: async ({ setTitle }) => {
          setTitle(`${send}: ${await this.send(clicks)}`);
        },
      },
      {
        title: 'Wait for the Parquet file',
        run: async ({ update, setTitle }) => {
          const uri = await withElapsed(update, 'Firehose buffers', () => this.waitForFile());
          setTitle(`Wait for the Parquet file: ${uri}`);
        },
      },
    ];
  }

  private async send(clicks: readonly unknown[]): Promise<string> {
    const { delivery_bucket: bucket, ingestion_function_name: name } = this.outputs;
    this.firstDay = today();
    this.before = await deliveredKeys(this.clients.s3, bucket, this.firstDay);
    const ingestion = await sendClicks(this.clients.lambda, name, clicks);
    if (ingestion.accepted === 0)
      throw new TaskError(`No click was accepted.\n${describeRejections(ingestion)}`);
    this.sent = { ingestion };
    return `${ingestion.accepted} accepted by ${name}`;
  }

  private async waitForFile(): Promise<string> {
    const { delivery_bucket: bucket } = this.outputs;
    const key = await waitForDelivery(this.clients.s3, bucket, this.firstDay, this.before);
    this.arrivalDay = dayOf(key);
    const deliveredFile = `s3://${bucket}/${key}`;
    this.sent = { ...this.sent, deliveredFile };
    return deliveredFile;
  }

  private async runWorkflow(date: string, say: (text: string) => void): Promise<number> {
    const { sfn, s3 } = this.clients;
    const { state_machine_arn: machine, logs_bucket: logs, emr_application_id: application } = this.outputs;
    const execution = await startRun(sfn, machine, { InputDate: date });
    const { output, ...ended } = await withElapsed(say, 'Started', (onState) =>
      followRun(sfn, execution, resultSchema, onState, this.following),
    ).catch((error: unknown) => {
      if (!(error instanceof RunFailed)) throw error;
      const where = `s3://${logs}/applications/${application}/jobs/`;
      throw new RunFailed(error.executionArn, `${error.message}\n  logs of the Spark job: ${where}`);
    });
    const report = output.report === undefined ? undefined : await readObject(s3, output.report);
    this.ended = { ...ended, result: output, report };
    return ended.seconds;
  }
}

function titleOf(date: string): string {
  return `Run the clicklogger workflow for ${date === 'ALL' ? 'all days' : date}`;
}
