import { EMR } from '@aws-sdk/client-emr';
import { S3 } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { findInstances } from '../../handlers/shared/compute/find-cluster';
import { clusterCost, type ClusterCost, type InstanceUse } from '../../handlers/shared/compute/cluster-cost';
import { COVID_PREFIXES } from '../../stacks/covid-permissions';
import { readObject } from '../aws/s3-objects';
import { describeSeconds } from '../cli/elapsed';
import type { Step } from '../cli/progress';
import type { CovidExport } from '../covid-data/covid-export';
import { listRaw, removeRaw, uploadExport } from '../covid-data/covid-upload';
import type { PipelineSteps } from './click-pipeline';
import { followRun, startRun, type EndedRun, type RunPlace } from './execution';

/** Outputs of the covid stack that a run needs. */
export const covidOutputs = z.object({
  state_machine_arn: z.string(),
  data_bucket: z.string(),
  artifacts_bucket: z.string(),
});

type CovidOutputs = z.infer<typeof covidOutputs>;

const resultSchema = z.looseObject({
  status: z.enum(['SUCCEEDED', 'NOTHING_TO_DO', 'ALREADY_RUNNING']),
  report: z.string().optional(),
  summary: z.string().optional(),
  rejected: z.string().optional(),
  clusterId: z.string().optional(),
  message: z.string().optional(),
});

type Result = z.infer<typeof resultSchema>;

/** The job's own summary of a run: spark-jobs/covid-report/covid_report/summary.py. */
const summarySchema = z.looseObject({
  rows: z.object({ read: z.number(), counted: z.number(), rejected: z.number() }),
  rejected_by_reason: z.record(z.string(), z.number()),
  report_rows: z.number(),
  period: z.object({ first_day: z.string(), last_day: z.string() }).nullable(),
  states: z.array(z.string()),
  notes: z.array(z.string()),
});

/** What the covid pipeline must do. */
export type CovidWork =
  /**
   * Load this file, in the place of all that raw/ holds or next to it. `reachedBy` are the options with which
   * `npm run covid:load` works on the same raw/, for a message that proposes it.
   */
  | { readonly data: CovidExport; readonly alone: boolean; readonly reachedBy?: readonly string[] }
  /** Take what raw/ holds; generate data only when it is empty. */
  | { readonly data: undefined; readonly generate: () => Promise<CovidExport> };

/** Result of a run of the covid pipeline. */
export interface CovidRun {
  /** URI of the file that was loaded into raw/, or of raw/ when none was. */
  readonly source: string;
  readonly executionArn: string;
  /** How long the execution took. */
  readonly seconds: number;
  /** Output of the workflow. */
  readonly result: Result;
  /** The report as CSV; undefined when the workflow made none. */
  readonly report: string | undefined;
  /** Undefined when the workflow made no report. */
  readonly summary: z.infer<typeof summarySchema> | undefined;
  /** Of the cluster; undefined when there was none. */
  readonly cost: ClusterCost | undefined;
  /** Of the cluster, with the time for which each is billed. */
  readonly instances: readonly InstanceUse[];
}

/** Hospital data into raw/, the workflow with its cluster, its report. `outputs` are those of the covid stack. */
export function covidPipeline(place: RunPlace, outputs: unknown, work: CovidWork): PipelineSteps<CovidRun> {
  const own = covidOutputs.parse(outputs);
  let source = '';
  let run: CovidRun | undefined;
  const load = work.data ? `Load ${work.data.rows} rows of hospital data` : 'Look for hospital data';
  const loadStep: Step = {
    title: load,
    run: async ({ setTitle }) => {
      const loaded = await prepare(place.target.client(S3), own.data_bucket, work);
      source = loaded.source;
      setTitle(`${load}: ${loaded.note}`);
    },
  };
  const title = 'Run the covid workflow';
  const runStep: Step = {
    title,
    run: async ({ update, setTitle }) => {
      const execution = await startRun(place.target, own.state_machine_arn, {});
      const { output, ...ended } = await follow(place, own, execution, update);
      run = { source, ...ended, result: output, ...(await readResults(place, output)) };
      setTitle(`${title}: ${describeSeconds(ended.seconds)}`);
    },
  };
  return { steps: [loadStep, runStep], run: () => run };
}

interface Loaded {
  readonly source: string;
  /** For the user. */
  readonly note: string;
}

async function prepare(s3: S3, bucket: string, work: CovidWork): Promise<Loaded> {
  const { generated, real } = await listRaw(s3, bucket);
  const present = [...real, ...generated];
  if (work.data === undefined) {
    const [first, ...others] = present;
    if (first === undefined) {
      const source = await uploadExport(s3, bucket, await work.generate());
      return { source, note: `there is none; loaded generated data, marked as such: ${source}` };
    }
    const source = `s3://${bucket}/${COVID_PREFIXES.raw}`;
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return { source, note: `${source} holds ${first}${more}` };
  }
  if (work.alone) await removeRaw(s3, bucket, present);
  const source = await uploadExport(s3, bucket, work.data, { reachedBy: work.reachedBy ?? [] });
  return { source, note: source };
}

/** An upload or a schedule may have been faster: then the execution that runs is followed instead. */
async function follow(
  place: RunPlace,
  outputs: CovidOutputs,
  executionArn: string,
  update: (text: string) => void,
): Promise<EndedRun<Result>> {
  const logs = `of the clusters: s3://${outputs.artifacts_bucket}/logs/`;
  const ended = await followRun(place, executionArn, { schema: resultSchema, logs }, update);
  const other = runningInstead(ended.output);
  return other === undefined ? ended : follow(place, outputs, other, update);
}

async function readResults(
  { target: { client } }: RunPlace,
  { report, summary, clusterId }: Result,
): Promise<Pick<CovidRun, 'report' | 'summary' | 'cost' | 'instances'>> {
  const [s3, emr] = [client(S3), client(EMR)];
  const read = async (uri: string | undefined): Promise<string | undefined> =>
    uri === undefined ? undefined : readObject(s3, uri);
  const text = await read(summary);
  const instances = clusterId === undefined ? [] : await findInstances(emr, clusterId);
  return {
    report: await read(report),
    summary: text === undefined ? undefined : summarySchema.parse(JSON.parse(text)),
    cost: clusterId === undefined ? undefined : clusterCost(instances, new Date(), await emr.config.region()),
    instances,
  };
}

/** ARN of the execution that keeps this one from starting a second cluster. */
function runningInstead({ status, message = '' }: Pick<Result, 'status' | 'message'>): string | undefined {
  if (status !== 'ALREADY_RUNNING') return undefined;
  return /arn:[\w-]+:states:\S+:execution:[^\s:]+:[^\s:]+/.exec(message)?.[0];
}
