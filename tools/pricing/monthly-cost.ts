import prices from '../../schemas/prices.json';
import { SPARK_WORKER } from '../../config/spark-worker';
import { MAX_RECORD_BYTES } from '../../handlers/ingestion/pack-records';
import { clusterCost } from '../../handlers/shared/compute/cluster-cost';
import { costOf, type Placement } from '../../handlers/shared/compute/job-run-cost';
import { TaskError } from '../cli/errors';
import { blocks, number } from '../terraform/plan/attributes';
import { machineDefinition, type SynthesizedResource } from '../terraform/synthesized-resources';
import { nodeGroups, readMachine } from './machine';
import { HOURS_A_MONTH, standingHour, type Price } from './prices';
import { architectureOf } from './run-costs';

/** The use of both pipelines in a month. */
export interface Usage {
  readonly clicks: number;
  /** Clicks in a request of a client; the function of the article accepts one. */
  readonly clicksPerRequest: number;
  readonly clickBytes: number;
  readonly runs: number;
  /** Minutes for which the workers of a click job run are billed. */
  readonly jobMinutes: number;
  /** Minutes for which the instances of a cluster are billed. */
  readonly clusterMinutes: number;
}

export interface CostItem extends Price {
  readonly what: string;
  /** The billed amount with its unit. */
  readonly quantity: string;
  readonly isIdle: boolean;
}

/** The properties of a click pipeline that determine its cost. */
export interface ClickShape extends Placement {
  readonly clicksPerRequest: number;
  readonly lambdaGb: number;
  readonly bufferSeconds: number;
  readonly workers: { readonly count: number; readonly vCpu: number; readonly memoryGb: number };
  /** Minutes after a job run for which its workers are billed. */
  readonly idleMinutes: number;
  /** Seconds of the status function during one job run. */
  readonly statusSeconds: (jobSeconds: number) => number;
  readonly transitions: (jobSeconds: number) => number;
  readonly idle: readonly CostItem[];
}

/** Time of a request to a warm ingestion function, and of a status check of a job run; assumed. */
const INGESTION_SECONDS = 0.05;
const STATUS_SECONDS = 1;
/** Transitions of an execution without its wait loop, and of one iteration of the loop: workflows/clicklogger-workflow. */
const FIXED_TRANSITIONS = 10;
const POLL_TRANSITIONS = 3;
/** A successful execution: workflows/covid-workflow. */
const COVID_TRANSITIONS = 14;

/** Firehose bills each record in steps of 5 KB. */
const BILLED_STEP_BYTES = 5 * 1024;
const GB = 1024 ** 3;
const SECONDS_A_MONTH = HOURS_A_MONTH * 3600;

/** Bytes that Firehose bills for the clicks of one request, packed into as few records as possible. */
export function billedBytes(clicks: number, clickBytes: number): number {
  const perRecord = Math.max(1, Math.floor(MAX_RECORD_BYTES / clickBytes));
  const billed = (count: number): number =>
    Math.ceil((count * clickBytes) / BILLED_STEP_BYTES) * BILLED_STEP_BYTES;
  return Math.floor(clicks / perRecord) * billed(perRecord) + billed(clicks % perRecord);
}

export function ourClickShape(
  resources: readonly SynthesizedResource[],
  usage: Usage,
  { region, pollSeconds }: { readonly region: string; readonly pollSeconds: number },
): ClickShape {
  const attributesOf = (type: string) => resources.find((resource) => resource.type === type)?.after;
  const [delivery] = blocks(attributesOf('aws_kinesis_firehose_delivery_stream')?.extended_s3_configuration);
  const polls = (jobSeconds: number): number => Math.ceil(jobSeconds / pollSeconds);
  return {
    region,
    architecture: architectureOf(attributesOf('aws_emrserverless_application')),
    clicksPerRequest: usage.clicksPerRequest,
    lambdaGb: required(number(attributesOf('aws_lambda_function'), 'memory_size'), 'memory_size') / 1024,
    bufferSeconds: required(number(delivery, 'buffering_interval'), 'buffering_interval'),
    // A driver and an executor: Spark requests more executors only for longer runs.
    workers: { count: 2, vCpu: SPARK_WORKER.vcpu, memoryGb: SPARK_WORKER.memoryGigabytes },
    idleMinutes: 0,
    statusSeconds: (jobSeconds) => polls(jobSeconds) * STATUS_SECONDS,
    transitions: (jobSeconds) => FIXED_TRANSITIONS + POLL_TRANSITIONS * polls(jobSeconds),
    idle: idleItems(resources),
  };
}

/**
 * The shape of the article's sample: github.com/aws-samples/aws-emr-serverless-using-terraform, terraform/templates at
 * 218f100 (vpc.tf, lambda.tf) and af412c9 (emr.tf): a NAT gateway, five pre-initialized drivers and five executors, which EMR
 * Serverless stops after 15 idle minutes by default, and a function that waits for the job.
 */
export const ARTICLE_CLICK_SHAPE: ClickShape = {
  region: prices.region,
  architecture: 'x86_64',
  clicksPerRequest: 1,
  lambdaGb: 2,
  bufferSeconds: 60,
  workers: { count: 10, vCpu: 4, memoryGb: 20 },
  idleMinutes: 15,
  statusSeconds: (jobSeconds) => jobSeconds,
  transitions: () => 3,
  idle: idleItems([
    { type: 'aws_nat_gateway', after: {} },
    { type: 'aws_eip', after: {} },
  ]),
};

function required(value: number | undefined, name: string): number {
  if (value === undefined) throw new TaskError(`The synthesized stack clicklogger has no ${name}.`);
  return value;
}

/** The monthly cost of idle resources, a line for each type. */
export function idleItems(resources: readonly SynthesizedResource[]): CostItem[] {
  return [...new Set(resources.map(({ type }) => type))].flatMap((what) => {
    const found = resources
      .filter(({ type }) => type === what)
      .flatMap(({ after }) => standingHour(what, after) ?? [])
      .filter(({ usd }) => usd > 0);
    if (found.length === 0) return [];
    const usd = found.reduce((sum, price) => sum + price.usd, 0) * HOURS_A_MONTH;
    const isEstimate = found.some((price) => price.isEstimate);
    return [{ what, quantity: String(found.length), usd, isEstimate, isIdle: true }];
  });
}

function used(what: string, amount: number, name: keyof typeof prices.usage): CostItem {
  const { usd, unit, published } = prices.usage[name];
  const quantity = `${amount.toLocaleString('en-US', { maximumSignificantDigits: 4 })} ${unit}`;
  return { what, quantity, usd: amount * usd, isEstimate: !published, isIdle: false };
}

export function clickItems(usage: Usage, shape: ClickShape): CostItem[] {
  const requests = Math.ceil(usage.clicks / shape.clicksPerRequest);
  const gb = (requests * billedBytes(Math.min(shape.clicksPerRequest, usage.clicks), usage.clickBytes)) / GB;
  const jobSeconds = usage.jobMinutes * 60;
  const lambdaSeconds = requests * INGESTION_SECONDS + usage.runs * shape.statusSeconds(jobSeconds);
  const gbSecond = shape.architecture === 'arm64' ? 'lambdaGbSecondArm64' : 'lambdaGbSecondX86';
  return [
    ...shape.idle,
    used('Lambda, requests', requests, 'lambdaRequest'),
    used('Lambda, time', lambdaSeconds * shape.lambdaGb, gbSecond),
    used('Firehose, ingestion', gb, 'firehoseGb'),
    used('Firehose, conversion to Parquet', gb, 'firehoseConversionGb'),
    used('S3, files of clicks', Math.min(requests, SECONDS_A_MONTH / shape.bufferSeconds), 's3Put'),
    jobRunItem(usage, shape),
    used('Step Functions', usage.runs * shape.transitions(jobSeconds), 'stateTransition'),
  ];
}

function jobRunItem(usage: Usage, { workers, idleMinutes, region, architecture }: ClickShape): CostItem {
  const hours = (usage.runs * workers.count * (usage.jobMinutes + idleMinutes)) / 60;
  const [vCPUHour, memoryGBHour] = [hours * workers.vCpu, hours * workers.memoryGb];
  const billedResourceUtilization = { vCPUHour, memoryGBHour, storageGBHour: 0 };
  const { costUsd, estimated } = costOf({ billedResourceUtilization }, { region, architecture });
  return {
    what: 'EMR Serverless',
    quantity: `${vCPUHour.toFixed(1)} vCPU-hours, ${memoryGBHour.toFixed(1)} GB-hours`,
    usd: costUsd ?? 0,
    isEstimate: estimated,
    isIdle: false,
  };
}

/**
 * The monthly cost of the covid pipeline.
 *
 * @throws TaskError when the price of an instance type is unknown
 */
export function covidItems(
  usage: Usage,
  resources: readonly SynthesizedResource[],
  { region, volumeGb }: { readonly region: string; readonly volumeGb: number },
): CostItem[] {
  const groups = nodeGroups(readMachine(machineDefinition(resources)) ?? { StartAt: '', States: {} }) ?? [];
  const [startedAt, endedAt] = [new Date(0), new Date(usage.clusterMinutes * 60_000)];
  const instances = groups.flatMap(({ count, types: [type = ''] }) =>
    Array.from({ length: count }, () => ({ type, isSpot: false, startedAt, endedAt })),
  );
  const { usd, notes } = clusterCost(instances, endedAt, region);
  if (usd === null) throw new TaskError(`The cost of a cluster is unknown: ${notes.join('; ')}.`);
  const hours = (usage.runs * usage.clusterMinutes) / 60;
  const size = groups.map(({ count, types: [type = ''] }) => `${count} × ${type}`).join(' + ');
  return [
    ...idleItems(resources),
    {
      what: 'EC2 and EMR',
      quantity: `${hours.toFixed(1)} hours of ${size}`,
      usd: usage.runs * usd,
      isEstimate: notes.length > 0,
      isIdle: false,
    },
    used('EBS, disks of the nodes', (instances.length * volumeGb * hours) / HOURS_A_MONTH, 'gp3GbMonth'),
    used('Step Functions', COVID_TRANSITIONS * usage.runs, 'stateTransition'),
  ];
}

/** US dollars of all items, of idle resources, and of one run. */
export function totals(items: readonly CostItem[], runs: number) {
  const sum = (of: readonly CostItem[]): number => of.reduce((total, { usd }) => total + usd, 0);
  const ofRuns = items.filter(({ what }) => RUN_ITEMS.has(what));
  return {
    month: sum(items),
    idle: sum(items.filter(({ isIdle }) => isIdle)),
    run: runs === 0 ? 0 : sum(ofRuns) / runs,
  };
}

const RUN_ITEMS: ReadonlySet<string> = new Set([
  'EMR Serverless',
  'EC2 and EMR',
  'EBS, disks of the nodes',
  'Step Functions',
]);
