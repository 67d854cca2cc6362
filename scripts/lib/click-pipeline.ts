import * as z from 'zod';
import {
  deliveredKeys,
  describeRejections,
  sendClicks,
  waitForDelivery,
  type Ingestion,
} from './click-delivery';
import { followRun, startRun } from './execution';
import { TaskError } from './failure';
import type { PipelineClients } from './pipeline-clients';
import type { Step } from './progress';
import { readObject } from './report';

const outputsSchema = z.object({
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

/** What a run of the click pipeline has found out. */
export interface ClickRun {
  readonly ingestion: Ingestion;
  /** URI of the Parquet file that Firehose wrote. */
  readonly deliveredFile: string;
  /** What the workflow ended with. */
  readonly result: z.infer<typeof resultSchema>;
  /** The report as Markdown; undefined when the workflow made none. */
  readonly report: string | undefined;
}

/** Clicks into the Lambda, their Parquet file, the workflow for today, its report: `steps` in order, then `run`. */
export class ClickPipeline {
  private readonly outputs: z.infer<typeof outputsSchema>;
  private readonly day = new Date().toISOString().slice(0, 10);
  private before: ReadonlySet<string> = new Set();
  private readonly done: { -readonly [Key in keyof ClickRun]?: ClickRun[Key] } = {};

  /** `outputs` are those of the clicklogger stack. */
  constructor(
    private readonly clients: PipelineClients,
    outputs: unknown,
    private readonly clicks: readonly unknown[],
  ) {
    this.outputs = outputsSchema.parse(outputs);
  }

  get steps(): readonly Step[] {
    const send = `Send ${this.clicks.length} clicks`;
    return [
      {
        title: send,
        run: async ({ conclude }) => {
          conclude(`${send}: ${await this.send()}`);
        },
      },
      {
        title: 'Wait for the Parquet file',
        run: async ({ conclude }) => {
          conclude(`Wait for the Parquet file: ${await this.waitForFile()}`);
        },
      },
      { title: `Run the clicklogger workflow for ${this.day}`, run: ({ say }) => this.runWorkflow(say) },
    ];
  }

  /** What the steps have found out; only after the last one. */
  get run(): ClickRun {
    const { ingestion, deliveredFile, result, report } = this.done;
    if (ingestion === undefined || deliveredFile === undefined || result === undefined)
      throw new Error('The click pipeline has not run to its end.');
    return { ingestion, deliveredFile, result, report };
  }

  private async send(): Promise<string> {
    const { delivery_bucket: bucket, ingestion_function_name: name } = this.outputs;
    this.before = await deliveredKeys(this.clients.s3, bucket, this.day);
    const ingestion = await sendClicks(this.clients.lambda, name, this.clicks);
    if (ingestion.accepted === 0)
      throw new TaskError(`No click was accepted.\n${describeRejections(ingestion)}`);
    this.done.ingestion = ingestion;
    return `${ingestion.accepted} accepted by ${name}`;
  }

  private async waitForFile(): Promise<string> {
    const { delivery_bucket: bucket } = this.outputs;
    const key = await waitForDelivery(this.clients.s3, bucket, this.day, this.before);
    this.done.deliveredFile = `s3://${bucket}/${key}`;
    return this.done.deliveredFile;
  }

  private async runWorkflow(say: (text: string) => void): Promise<void> {
    const { sfn, s3 } = this.clients;
    const { state_machine_arn: machine, logs_bucket: logs, emr_application_id: application } = this.outputs;
    const execution = await startRun(sfn, machine, { InputDate: this.day });
    const result = await followRun(sfn, execution, resultSchema, ({ name }) => {
      say(name);
    }).catch((error: unknown) => {
      if (!(error instanceof TaskError)) throw error;
      throw new TaskError(
        `${error.message}\n  logs of the Spark job: s3://${logs}/applications/${application}/jobs/`,
      );
    });
    this.done.result = result;
    if (result.report !== undefined) this.done.report = await readObject(s3, result.report);
  }
}
