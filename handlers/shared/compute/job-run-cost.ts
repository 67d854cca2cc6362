import type { JobRun } from '@aws-sdk/client-emr-serverless';
import prices from '../../../schemas/prices.json';

/** Architectures with a known price, spelled as in Lambda and the settings. */
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;

/** Region and architecture, which determine the price. */
export interface Placement {
  readonly region: string;
  readonly architecture: (typeof ARCHITECTURES)[number];
}

/** Billed resources: at least one minute for each worker, and storage above 20 GB for each worker. */
export interface Billed {
  readonly vCpuHours: number;
  readonly memoryGbHours: number;
  readonly storageGbHours: number;
}

export interface Cost {
  /** `null` until AWS publishes it, seconds after the end. */
  readonly billed: Billed | null;
  /** US dollars, six decimals; `null` while the usage is not known. */
  readonly costUsd: number | null;
  /** Whether `costUsd` is an approximation. */
  readonly estimated: boolean;
  /** Reason why the cost is approximate or unknown. */
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
    // The used storage includes the 20 GB of each worker that are free, so it is ignored.
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
