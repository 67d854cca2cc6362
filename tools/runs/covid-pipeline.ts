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
import { listRaw, uploadExport, type LoadOptions } from '../covid-data/covid-upload';
import type { PipelineSteps } from './click-pipeline';
import { followRun, startRun, type EndedRun, type RunPlace } from './execution';

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

/** The summary that the job writes: spark-jobs/covid-report/covid_report/summary.py. */
const summarySchema = z.looseObject({
  rows: z.object({ read: z.number(), counted: z.number(), rejected: z.number() }),
  rejected_by_reason: z.record(z.string(), z.number()),
  report_rows: z.number(),
  period: z.object({ first_day: z.string(), last_day: z.string() }).nullable(),
  states: z.array(z.string()),
  notes: z.array(z.string()),
});

export type CovidWork =
  | ({ readonly data: CovidExport } & Pick<LoadOptions, 'replace' | 'taskOptions'>)
  /** Use the files in raw/; generate data when it is empty. */
  | { readonly data: undefined; readonly generate: () => Promise<CovidExport> };

export interface CovidRun {
  /** URI of the loaded file, or of raw/ when no file was loaded. */
  readonly source: string;
  readonly executionArn: string;
  /** Duration of the execution. */
  readonly seconds: number;
  readonly result: Result;
  /** The report as CSV; undefined when the workflow has written none. */
  readonly report: string | undefined;
  readonly summary: z.infer<typeof summarySchema> | undefined;
  /** Cost of the cluster; undefined without a cluster. */
  readonly cost: ClusterCost | undefined;
  /** Instances of the cluster with their billed time. */
  readonly instances: readonly InstanceUse[];
}

/** Loads hospital data into raw/, runs the workflow and reads its report. `outputs` belong to the covid stack. */
export function covidPipeline(place: RunPlace, outputs: unknown, work: CovidWork): PipelineSteps<CovidRun> {
  const own = covidOutputs.parse(outputs);
  let source = '';
  let run: CovidRun | undefined;
  const load = work.data ? `Load ${work.data.rows} rows of hospital data` : 'Find hospital data';
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

async function prepare(
  s3: S3,
  bucket: string,
  work: CovidWork,
): Promise<{ readonly source: string; readonly note: string }> {
  if (work.data !== undefined) {
    const source = await uploadExport(s3, bucket, work.data, work);
    return { source, note: source };
  }
  const { generated, real } = await listRaw(s3, bucket);
  const [first, ...others] = [...real, ...generated];
  if (first === undefined) {
    const source = await uploadExport(s3, bucket, await work.generate());
    return { source, note: `raw/ is empty; loaded generated data, marked as such: ${source}` };
  }
  const source = `s3://${bucket}/${COVID_PREFIXES.raw}`;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return { source, note: `${source} contains ${first}${more}` };
}

/** Follows the execution, or the one that an upload or a schedule has started before it. */
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

/** ARN of the running execution that the workflow reports. */
function runningInstead({ status, message = '' }: Pick<Result, 'status' | 'message'>): string | undefined {
  if (status !== 'ALREADY_RUNNING') return undefined;
  return /arn:[\w-]+:states:\S+:execution:[^\s:]+:[^\s:]+/.exec(message)?.[0];
}
