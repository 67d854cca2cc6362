import prices from '../../../schemas/prices.json';

/** One instance of a cluster and the time for which it is billed. */
export interface InstanceUse {
  readonly type: string;
  readonly isSpot: boolean;
  /** Undefined before the start. */
  readonly startedAt: Date | undefined;
  /** Undefined while it is running. */
  readonly endedAt: Date | undefined;
}

/** Cost of a cluster until now. */
export interface ClusterCost {
  /** US dollars; `null` when the price of an instance type is not known. */
  readonly usd: number | null;
  /** Reasons why the cost is approximate or unknown. */
  readonly notes: readonly string[];
}

interface HourlyPrice {
  readonly instanceHour: number;
  readonly emrHour: number;
  /** Whether AWS publishes the price; otherwise it is an estimate. */
  readonly published: boolean;
}

const HOUR_MS = 3_600_000;
/** EC2 and EMR bill by the second, with a minimum of one minute. */
const MIN_BILLED_MS = 60_000;

const knownPrices = new Map<string, HourlyPrice>(Object.entries(prices.emrOnEc2.instances));

/** Cost of EC2 and EMR without disks. Spot Instances have the On-Demand price, which is the maximum. */
export function clusterCost(instances: readonly InstanceUse[], now: Date, region: string): ClusterCost {
  const types = [...new Set(instances.map(({ type }) => type))].sort();
  const unknown = types.filter((type) => !knownPrices.has(type));
  if (unknown.length > 0) return { usd: null, notes: [`unknown price of ${unknown.join(', ')}`] };
  const estimated = types.filter((type) => knownPrices.get(type)?.published === false);
  const usd = instances.reduce((sum, instance) => sum + costOfInstance(instance, now), 0);
  const notes = [
    ...(instances.some(({ isSpot }) => isSpot) ? ['maximum: Spot Instances at On-Demand prices'] : []),
    ...(estimated.length > 0 ? [`estimated price of ${estimated.join(', ')}`] : []),
    ...(region === prices.region ? [] : [`at the prices of ${prices.region}`]),
  ];
  return { usd: Math.round(usd * 1e4) / 1e4, notes };
}

/** US dollars; 0 for an instance that has not started. */
function costOfInstance({ type, startedAt, endedAt }: InstanceUse, now: Date): number {
  const price = knownPrices.get(type);
  if (price === undefined || startedAt === undefined) return 0;
  const milliseconds = Math.max(MIN_BILLED_MS, (endedAt ?? now).getTime() - startedAt.getTime());
  return (milliseconds / HOUR_MS) * (price.instanceHour + price.emrHour);
}
