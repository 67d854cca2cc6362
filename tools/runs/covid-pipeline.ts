import * as z from 'zod';
import { findInstances } from '../../handlers/cluster-notifier/find-cluster';
import { clusterCost, type ClusterCost } from '../../handlers/shared/cluster-cost';
import { COVID_PREFIXES } from '../../stacks/covid-permissions';
import type { CovidExport } from '../covid-data/covid-export';
import { listRaw, removeRaw, uploadExport } from '../covid-data/covid-upload';
import { describeSeconds, withElapsed } from '../cli/elapsed';
import { followRun, RunFailed, startRun, type EndedRun, type Following } from './execution';
import type { PipelineClients } from '../aws/pipeline-clients';
import type { Step } from '../cli/progress';
import { readObject } from './report';

/** Outputs of the covid stack that a run needs. */
export const covidOutputs = z.object({
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

type Result = z.infer<typeof resultSchema>;

/** The job's own account of a run: spark-jobs/covid-report/covid_report/summary.py. */
const summarySchema = z.looseObject({
  rows: z.object({ read: z.number(), counted: z.number(), rejected: z.number() }),
  rejected_by_reason: z.record(z.string(), z.number()),
  report_rows: z.number(),
  period: z.object({ first_day: z.string(), last_day: z.string() }).nullable(),
  states: z.array(z.string()),
  notes: z.array(z.string()),
});

/** What the covid pipeline is to do. */
export type CovidWork =
  /**
   * Load this file, in the place of all that raw/ holds or beside it. `reachedBy` are the options with which
   * `npm run covid:load` works on the same raw/, for a message that proposes it.
   */
  | { readonly data: CovidExport; readonly alone: boolean; readonly reachedBy?: readonly string[] }
  /** Take what raw/ holds; make data only when it holds nothing. */
  | { readonly data: undefined; readonly generate: () => Promise<CovidExport> };

/** What a run of the covid pipeline has found out. */
export interface CovidRun {
  /** URI of the file that was loaded into raw/, or of raw/ when none was. */
  readonly source: string;
  readonly executionArn: string;
  /** How long the execution took. */
  readonly seconds: number;
  /** What the workflow ended with. */
  readonly result: Result;
  /** The report as CSV; undefined when the workflow made none. */
  readonly report: string | undefined;
  /** Undefined when the workflow made no report. */
  readonly summary: z.infer<typeof summarySchema> | undefined;
  /** Of the cluster; undefined when there was none. */
  readonly cost: ClusterCost | undefined;
}

/** Hospital data into raw/, the workflow with its cluster, its report: `steps` in order, then `run`. */
export class CovidPipeline {
  private readonly outputs: z.infer<typeof covidOutputs>;
  private source = '';
  private ended: Omit<CovidRun, 'source'> | undefined;

  /** `outputs` are those of the covid stack. */
  constructor(
    private readonly clients: PipelineClients,
    outputs: unknown,
    private readonly work: CovidWork,
    private readonly following: Following = {},
  ) {
    this.outputs = covidOutputs.parse(outputs);
  }

  get steps(): readonly Step[] {
    const { data } = this.work;
    const load = data ? `Load ${data.rows} rows of hospital data` : 'Look for hospital data';
    const run = 'Run the covid workflow';
    return [
      {
        title: load,
        run: async ({ setTitle }) => {
          setTitle(`${load}: ${await this.prepare()}`);
        },
      },
      {
        title: run,
        run: async ({ update, setTitle }) => {
          setTitle(`${run}: ${describeSeconds(await this.runWorkflow(update))}`);
        },
      },
    ];
  }

  /** What the steps have found out; undefined before the last one has ended. */
  get run(): CovidRun | undefined {
    return this.ended && { source: this.source, ...this.ended };
  }

  private async prepare(): Promise<string> {
    const { data_bucket: bucket } = this.outputs;
    const { generated, real } = await listRaw(this.clients.s3, bucket);
    const there = [...real, ...generated];
    if (this.work.data === undefined) {
      if (there.length > 0) return this.take(there);
      const made = await this.work.generate();
      return `there is none; loaded generated data, marked as such: ${await this.load(made)}`;
    }
    if (this.work.alone) await removeRaw(this.clients.s3, bucket, there);
    return this.load(this.work.data, this.work.reachedBy);
  }

  private take([first = '', ...others]: readonly string[]): string {
    this.source = `s3://${this.outputs.data_bucket}/${COVID_PREFIXES.raw}`;
    return `${this.source} holds ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  }

  private async load(file: CovidExport, reachedBy: readonly string[] = []): Promise<string> {
    const { data_bucket: bucket } = this.outputs;
    this.source = await uploadExport(this.clients.s3, bucket, file, undefined, { reachedBy });
    return this.source;
  }

  private async runWorkflow(say: (text: string) => void): Promise<number> {
    const execution = await startRun(this.clients.sfn, this.outputs.state_machine_arn, {});
    const { output, ...ended } = await this.follow(execution, say);
    this.ended = { ...ended, result: output, ...(await this.readResults(output)) };
    return ended.seconds;
  }

  /** An upload or a schedule may have been faster: then the execution that runs is followed instead. */
  private async follow(executionArn: string, say: (text: string) => void): Promise<EndedRun<Result>> {
    const ended = await withElapsed(say, 'Started', (onState) =>
      followRun(this.clients.sfn, executionArn, resultSchema, onState, this.following),
    ).catch((error: unknown) => {
      if (!(error instanceof RunFailed)) throw error;
      const where = `s3://${this.outputs.artifacts_bucket}/logs/`;
      throw new RunFailed(error.executionArn, `${error.message}\n  logs of the clusters: ${where}`);
    });
    const other = runningInstead(ended.output);
    return other === undefined ? ended : this.follow(other, say);
  }

  private async readResults(
    result: Result,
  ): Promise<{ report: string | undefined } & Pick<CovidRun, 'summary' | 'cost'>> {
    const read = async (uri: string | undefined): Promise<string | undefined> =>
      uri === undefined ? undefined : readObject(this.clients.s3, uri);
    const [report, summary, cost] = await Promise.all([
      read(result.report),
      read(result.summary),
      this.costOf(result.clusterId),
    ]);
    return {
      report,
      cost,
      summary: summary === undefined ? undefined : summarySchema.parse(JSON.parse(summary)),
    };
  }

  private async costOf(clusterId: string | undefined): Promise<ClusterCost | undefined> {
    if (clusterId === undefined) return undefined;
    const { emr } = this.clients;
    return clusterCost(await findInstances(emr, clusterId), new Date(), await emr.config.region());
  }
}

/** ARN of the execution that keeps this one from starting a second cluster. */
export function runningInstead({
  status,
  message = '',
}: Pick<Result, 'status' | 'message'>): string | undefined {
  if (status !== 'ALREADY_RUNNING') return undefined;
  return /arn:[\w-]+:states:\S+:execution:[^\s:]+:[^\s:]+/.exec(message)?.[0];
}
