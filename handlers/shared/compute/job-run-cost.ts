import type { JobRun } from '@aws-sdk/client-emr-serverless';
import prices from '../../../schemas/prices.json';

/** The processor architectures that a price is known for, as Lambda and our settings spell them. */
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;

/** Where the job ran, which decides what an hour costs. */
export interface Placement {
  readonly region: string;
  readonly architecture: (typeof ARCHITECTURES)[number];
}

/** Resources that AWS bills for: a minute at least for each worker, storage above 20 GB a worker. */
export interface Billed {
  readonly vCpuHours: number;
  readonly memoryGbHours: number;
  readonly storageGbHours: number;
}

/** What a job run cost. */
export interface Cost {
  /** `null` until AWS has published it, seconds after the end. */
  readonly billed: Billed | null;
  /** US dollars, six decimals; `null` when nothing is known yet. */
  readonly costUsd: number | null;
  /** Whether `costUsd` is an approximation. */
  readonly estimated: boolean;
  /** Why the cost is approximate or unknown; `null` when it is neither. */
  readonly costNote: string | null;
}

/** The cost of a job run that has ended, at on-demand list prices. */
export function costOf(
  jobRun: Pick<JobRun, 'billedResourceUtilization' | 'totalResourceUtilization'>,
  placement: Placement,
): Cost {
  const billed = toBilled(jobRun.billedResourceUtilization);
  const used = billed ?? toBilled(jobRun.totalResourceUtilization);
  if (used === null) {
    const costNote = 'AWS has not published the usage yet.';
    return { billed: null, costUsd: null, estimated: false, costNote };
  }
  const notes = [
    ...(billed === null ? ['From the resources used: AWS has not published the billed ones yet.'] : []),
    ...priceCaveats(placement),
  ];
  return {
    billed,
    // The total counts the first 20 GB of each worker's disk too, which are free: storage is left out.
    costUsd: priceOf(billed ?? { ...used, storageGbHours: 0 }, placement),
    estimated: notes.length > 0,
    costNote: notes.length > 0 ? notes.join(' ') : null,
  };
}

function toBilled(utilization: JobRun['billedResourceUtilization']): Billed | null {
  const { vCPUHour, memoryGBHour, storageGBHour = 0 } = utilization ?? {};
  if (vCPUHour === undefined || memoryGBHour === undefined) return null;
  return { vCpuHours: vCPUHour, memoryGbHours: memoryGBHour, storageGbHours: storageGBHour };
}

function priceOf({ vCpuHours, memoryGbHours, storageGbHours }: Billed, { architecture }: Placement): number {
  const price = prices.emrServerless[architecture];
  const usd =
    vCpuHours * price.vCpuHour + memoryGbHours * price.memoryGbHour + storageGbHours * price.storageGbHour;
  return Math.round(usd * 1e6) / 1e6;
}

function priceCaveats({ region, architecture }: Placement): string[] {
  const { arm64 } = prices.emrServerless;
  return [
    ...(region === prices.region ? [] : [`At the prices of ${prices.region}, not of ${region}.`]),
    ...(prices.emrServerless[architecture].published
      ? []
      : [`The ${architecture} prices are derived: ${arm64.note}.`]),
  ];
}
