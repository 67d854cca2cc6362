import * as z from 'zod';
import prices from '../../handlers/shared/prices.json';
import { argumentsOf, clusterStates, groupInWords, nodeGroups, statesWith } from './cluster-size';
import type { Attributes, ResourceChange } from '../terraform/plan-format';
import { blocks, text } from './section';
import { readMachine, type Machine } from './states';

/** What one execution can cost at most. */
export interface RunCost {
  /** US dollars; undefined when a price is not known. */
  readonly usd: number | undefined;
  /** What the figure is made of, plain words. */
  readonly basis: string;
}

/** A resource of the same stack, as far as a price depends on it. */
type Neighbour = Pick<ResourceChange, 'type'> & Partial<Pick<ResourceChange, 'before' | 'after'>>;

const jobSchema = z.object({ ExecutionTimeoutMinutes: z.number().optional() });

/** EMR Serverless ends a job run after twelve hours when nothing else is said. */
const DEFAULT_JOB_MINUTES = 720;

const instancePrices = new Map(Object.entries(prices.emrOnEc2.instances));

/**
 * The most that one execution of the state machine can cost by the clusters and job runs that it starts; undefined when
 * it starts none. The least is nothing: an execution that finds no data starts nothing.
 */
export function runCost(
  definition: string | undefined,
  side: 'before' | 'after',
  neighbours: readonly Neighbour[],
): RunCost | undefined {
  const machine = readMachine(definition);
  if (machine === undefined) return undefined;
  const costs = [clusterCost(machine), jobCost(machine, side, neighbours)].filter(
    (cost) => cost !== undefined,
  );
  if (costs.length === 0) return undefined;
  const isKnown = costs.every(({ usd }) => usd !== undefined);
  return {
    usd: isKnown ? costs.reduce((sum, { usd = 0 }) => sum + usd, 0) : undefined,
    basis: costs.map(({ basis }) => basis).join('; '),
  };
}

function clusterCost(machine: Machine): RunCost | undefined {
  const creates = clusterStates(machine);
  if (creates.length === 0) return undefined;
  const limits = [...creates, ...statesWith(machine, /elasticmapreduce:addStep/)].map(
    ({ TimeoutSeconds }) => TimeoutSeconds,
  );
  const hours =
    limits.reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : Number.NaN), 0) / 3600;
  if (Number.isNaN(hours)) return { usd: undefined, basis: 'a step of the cluster has no time limit' };
  const groups = nodeGroups(machine);
  if (groups === undefined) return { usd: undefined, basis: "the cluster's size is not in the definition" };
  const unknown = groups.flatMap(({ types }) => types.filter((type) => !instancePrices.has(type)));
  const basis = `${groups.map(groupInWords).join(' + ')}, at most ${hours.toFixed(1)} h`;
  if (unknown.length > 0)
    return { usd: undefined, basis: `${basis}; unknown price of ${[...new Set(unknown)].join(', ')}` };
  const hourly = groups.reduce(
    (sum, { count, types }) => sum + count * Math.max(0, ...types.map(hourlyPrice)),
    0,
  );
  return { usd: hourly * hours, basis };
}

function hourlyPrice(type: string): number {
  const price = instancePrices.get(type);
  return price === undefined ? 0 : price.instanceHour + price.emrHour;
}

function jobCost(
  machine: Machine,
  side: 'before' | 'after',
  neighbours: readonly Neighbour[],
): RunCost | undefined {
  const [start] = statesWith(machine, /emr-serverless:startJobRun|emrserverless:startJobRun/);
  if (start === undefined) return undefined;
  const application = neighbours.find((change) => change.type === 'aws_emrserverless_application')?.[side];
  const job = jobSchema.safeParse(argumentsOf(start)).data;
  const hours = (job?.ExecutionTimeoutMinutes ?? DEFAULT_JOB_MINUTES) / 60;
  const hourly = applicationHour(application);
  if (hourly === undefined) return { usd: undefined, basis: "the application's ceiling is not in the plan" };
  return { usd: hourly.usd * hours, basis: `${hourly.basis}, at most ${hours.toFixed(1)} h` };
}

function applicationHour(
  application: Attributes | undefined,
): { readonly usd: number; readonly basis: string } | undefined {
  const [maximum] = blocks(application?.maximum_capacity);
  const [cpu, memory] = [text(maximum, 'cpu'), text(maximum, 'memory')].map((amount) =>
    Number.parseFloat(amount ?? ''),
  );
  if (cpu === undefined || memory === undefined || Number.isNaN(cpu) || Number.isNaN(memory))
    return undefined;
  const isArm = text(application, 'architecture') === 'ARM64';
  const price = isArm ? prices.emrServerless.arm64 : prices.emrServerless.x86_64;
  return {
    usd: cpu * price.vCpuHour + memory * price.memoryGbHour,
    basis: `${cpu} vCPU and ${memory} GB (${isArm ? 'arm64' : 'x86_64'})`,
  };
}
