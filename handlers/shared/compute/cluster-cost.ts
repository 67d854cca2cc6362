import prices from '../../../schemas/prices.json';

/** One instance of a cluster and the time for which it is billed. */
export interface InstanceUse {
  readonly type: string;
  readonly isSpot: boolean;
  /** Undefined while it is not there yet. */
  readonly startedAt: Date | undefined;
  /** Undefined while it runs. */
  readonly endedAt: Date | undefined;
}

/** What a cluster has cost up to now. */
export interface ClusterCost {
  /** US dollars; `null` when the price of an instance type is not known. */
  readonly usd: number | null;
  /** Why the figure is approximate or unknown. */
  readonly notes: readonly string[];
}

interface HourlyPrice {
  readonly instanceHour: number;
  readonly emrHour: number;
  /** Whether it was read on a page of AWS; else it is an estimate. */
  readonly published: boolean;
}

const HOUR_MS = 3_600_000;
/** EC2 and EMR bill by the second, a minute at least. */
const LEAST_MS = 60_000;

const knownPrices = new Map<string, HourlyPrice>(Object.entries(prices.emrOnEc2.instances));

/** EC2's and EMR's price of the instances, disks apart; a Spot instance counts as On-Demand, which is the most it can cost. */
export function clusterCost(instances: readonly InstanceUse[], now: Date, region: string): ClusterCost {
  const types = [...new Set(instances.map(({ type }) => type))].sort();
  const unknown = types.filter((type) => !knownPrices.has(type));
  if (unknown.length > 0) return { usd: null, notes: [`unknown price of ${unknown.join(', ')}`] };
  const estimated = types.filter((type) => knownPrices.get(type)?.published === false);
  const usd = instances.reduce((sum, instance) => sum + costOfInstance(instance, now), 0);
  const notes = [
    ...(instances.some(({ isSpot }) => isSpot) ? ['at most: Spot instances at the price of On-Demand'] : []),
    ...(estimated.length > 0 ? [`estimated price of ${estimated.join(', ')}`] : []),
    ...(region === prices.region ? [] : [`at the prices of ${prices.region}`]),
  ];
  return { usd: Math.round(usd * 1e4) / 1e4, notes };
}

/** US dollars; nothing for an instance that is not there yet. */
function costOfInstance({ type, startedAt, endedAt }: InstanceUse, now: Date): number {
  const price = knownPrices.get(type);
  if (price === undefined || startedAt === undefined) return 0;
  const milliseconds = Math.max(LEAST_MS, (endedAt ?? now).getTime() - startedAt.getTime());
  return (milliseconds / HOUR_MS) * (price.instanceHour + price.emrHour);
}
