import * as z from 'zod';
import type { CovidExport } from './covid-export';
import { listRaw, removeRaw, uploadExport } from './covid-upload';
import { followRun, startRun } from './execution';
import { TaskError } from './failure';
import type { PipelineClients } from './pipeline-clients';
import type { Step } from './progress';
import { readObject } from './report';

const outputsSchema = z.object({
  state_machine_arn: z.string(),
  data_bucket: z.string(),
  artifacts_bucket: z.string(),
});

const resultSchema = z.looseObject({
  status: z.enum(['SUCCEEDED', 'NOTHING_TO_DO', 'ALREADY_RUNNING']),
  report: z.string().optional(),
  summary: z.string().optional(),
  rejected: z.string().optional(),
  clusterId: z.string().optional(),
  message: z.string().optional(),
});

/** The job's own account of a run: spark-jobs/covid-report/covid_report/summary.py. */
const summarySchema = z.looseObject({
  rows: z.object({ read: z.number(), counted: z.number(), rejected: z.number() }),
  rejected_by_reason: z.record(z.string(), z.number()),
  report_rows: z.number(),
  period: z.object({ first_day: z.string(), last_day: z.string() }).nullable(),
  states: z.array(z.string()),
  notes: z.array(z.string()),
});

/** What a run of the covid pipeline has found out. */
export interface CovidRun {
  /** URI of the file in raw/. */
  readonly source: string;
  /** What the workflow ended with. */
  readonly result: z.infer<typeof resultSchema>;
  /** The report as CSV; undefined when the workflow made none. */
  readonly report: string | undefined;
  /** Undefined when the workflow made no report. */
  readonly summary: z.infer<typeof summarySchema> | undefined;
}

/** Hospital data into raw/, the workflow with its cluster, its report: `steps` in order, then `run`. */
export class CovidPipeline {
  private readonly outputs: z.infer<typeof outputsSchema>;
  private readonly done: { -readonly [Key in keyof CovidRun]?: CovidRun[Key] } = {};

  /** `outputs` are those of the covid stack; `checked` is the file to load, `alone` without what raw/ held before. */
  constructor(
    private readonly clients: PipelineClients,
    outputs: unknown,
    private readonly checked: CovidExport,
    private readonly alone: boolean,
  ) {
    this.outputs = outputsSchema.parse(outputs);
  }

  get steps(): readonly Step[] {
    const load = `Load ${this.checked.rows} rows of hospital data`;
    return [
      {
        title: load,
        run: async ({ conclude }) => {
          conclude(`${load}: ${await this.load()}`);
        },
      },
      { title: 'Run the covid workflow', run: ({ say }) => this.runWorkflow(say) },
    ];
  }

  /** What the steps have found out; only after the last one. */
  get run(): CovidRun {
    const { source, result, report, summary } = this.done;
    if (source === undefined || result === undefined)
      throw new Error('The covid pipeline has not run to its end.');
    return { source, result, report, summary };
  }

  private async load(): Promise<string> {
    const { data_bucket: bucket } = this.outputs;
    if (this.alone) {
      const { generated, real } = await listRaw(this.clients.s3, bucket);
      await removeRaw(this.clients.s3, bucket, [...generated, ...real]);
    }
    const source = await uploadExport(this.clients.s3, bucket, this.checked);
    this.done.source = source;
    return source;
  }

  private async runWorkflow(say: (text: string) => void): Promise<void> {
    const { sfn, s3 } = this.clients;
    const execution = await startRun(sfn, this.outputs.state_machine_arn, {});
    const result = await followRun(sfn, execution, resultSchema, ({ name }) => {
      say(name);
    }).catch((error: unknown) => {
      if (!(error instanceof TaskError)) throw error;
      throw new TaskError(
        `${error.message}\n  logs of the clusters: s3://${this.outputs.artifacts_bucket}/logs/`,
      );
    });
    this.done.result = result;
    if (result.report !== undefined) this.done.report = await readObject(s3, result.report);
    if (result.summary !== undefined)
      this.done.summary = summarySchema.parse(JSON.parse(await readObject(s3, result.summary)));
  }
}
