import * as z from 'zod';
import { blocks, text } from '../terraform/plan/attributes';
import type { Attributes, ResourceChange } from '../terraform/plan/plan-format';
import {
  argumentsOf,
  clusterStates,
  describeGroup,
  nodeGroups,
  readMachine,
  statesWith,
  type Machine,
} from './machine';
import { clusterInstanceHour, workersHour } from './prices';

export interface RunCost {
  /** US dollars; undefined when a price is unknown. */
  readonly usd: number | undefined;
  readonly isEstimate: boolean;
  /** The basis of the price in words. */
  readonly basis: string;
}

type Neighbour = Pick<ResourceChange, 'type'> & Partial<Pick<ResourceChange, 'before' | 'after'>>;

const jobSchema = z.object({ ExecutionTimeoutMinutes: z.number().optional() });

/** Default of EMR Serverless: 12 hours. */
const DEFAULT_JOB_MINUTES = 720;

/**
 * The maximum cost of the clusters and job runs of one execution; undefined for a state machine without them. The minimum
 * is 0: an execution without data starts no compute.
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
    isEstimate: costs.some(({ isEstimate }) => isEstimate),
    basis: costs.map(({ basis }) => basis).join('; '),
  };
}

const unknown = (basis: string): RunCost => ({ usd: undefined, isEstimate: false, basis });

function clusterCost(machine: Machine): RunCost | undefined {
  const creates = clusterStates(machine);
  if (creates.length === 0) return undefined;
  const limits = [...creates, ...statesWith(machine, /elasticmapreduce:addStep/)].map(
    ({ TimeoutSeconds }) => TimeoutSeconds,
  );
  const hours =
    limits.reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : Number.NaN), 0) / 3600;
  if (Number.isNaN(hours)) return unknown('a step of the cluster has no time limit');
  const groups = nodeGroups(machine);
  if (groups === undefined) return unknown('the size of the cluster is not in the definition');
  const basis = `${groups.map(describeGroup).join(' + ')}, at most ${hours.toFixed(1)} h`;
  const types = new Set(groups.flatMap((group) => group.types));
  const unpriced = [...types].filter((type) => clusterInstanceHour(type) === undefined);
  if (unpriced.length > 0) return unknown(`${basis}; unknown price of ${unpriced.join(', ')}`);
  const highest = (group: readonly string[]): number =>
    Math.max(0, ...group.map((type) => clusterInstanceHour(type)?.usd ?? 0));
  const hourly = groups.reduce((sum, group) => sum + group.count * highest(group.types), 0);
  const isEstimate = [...types].some((type) => clusterInstanceHour(type)?.isEstimate === true);
  return { usd: hourly * hours, isEstimate, basis };
}

function jobCost(
  machine: Machine,
  side: 'before' | 'after',
  neighbours: readonly Neighbour[],
): RunCost | undefined {
  const [start] = statesWith(machine, /emr-serverless:startJobRun|emrserverless:startJobRun/);
  if (start === undefined) return undefined;
  const application = neighbours.find((change) => change.type === 'aws_emrserverless_application')?.[side];
  const { ExecutionTimeoutMinutes: minutes = DEFAULT_JOB_MINUTES } =
    jobSchema.safeParse(argumentsOf(start)).data ?? {};
  // 0 means unlimited.
  if (minutes === 0) return unknown('the job run has no time limit');
  const [maximum] = blocks(application?.maximum_capacity);
  const [cpu, memory] = ['cpu', 'memory'].map((name) => quantity(maximum, name));
  if (cpu === undefined || memory === undefined)
    return unknown('the maximum capacity of the application is not in the plan');
  const architecture = architectureOf(application);
  const { usd, isEstimate } = workersHour(cpu, memory, architecture);
  const basis = `${cpu} vCPU and ${memory} GB (${architecture}), at most ${(minutes / 60).toFixed(1)} h`;
  return { usd: (usd * minutes) / 60, isEstimate, basis };
}

export function architectureOf(application: Attributes | undefined): 'arm64' | 'x86_64' {
  return text(application, 'architecture') === 'ARM64' ? 'arm64' : 'x86_64';
}

/** 4 of "4 vCPU", 20 of "20 GB". */
export function quantity(attributes: Attributes | undefined, name: string): number | undefined {
  const amount = Number.parseFloat(text(attributes, name) ?? '');
  return Number.isNaN(amount) ? undefined : amount;
}
