import type { JobRun } from '@aws-sdk/client-emr-serverless';
import prices from '../../../schemas/prices.json';

/** Processor architecture of the application's workers, as Lambda and our settings spell it. */
export type Architecture = 'x86_64' | 'arm64';

/** Where the job ran, which decides what an hour costs. */
export interface Placement {
  readonly region: string;
  readonly architecture: Architecture;
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

/** The part of a job run that the cost follows from. */
type Utilization = Pick<JobRun, 'billedResourceUtilization' | 'totalResourceUtilization'>;

/** The architectures that a price is known for. */
export const architectures = ['x86_64', 'arm64'] as const satisfies readonly Architecture[];

/** The cost of a job run that has ended, at on-demand list prices. */
export function costOf(jobRun: Utilization, placement: Placement): Cost {
  const { billedResourceUtilization, totalResourceUtilization } = jobRun;
  const billed = toBilled(billedResourceUtilization);
  if (billed !== null) {
    const notes = priceCaveats(placement);
    return {
      billed,
      costUsd: priceOf(billed, placement),
      estimated: notes.length > 0,
      costNote: join(notes),
    };
  }
  const used = toBilled(totalResourceUtilization);
  if (used === null) {
    return {
      billed: null,
      costUsd: null,
      estimated: false,
      costNote: 'AWS has not published the usage yet.',
    };
  }
  // The total counts the first 20 GB of each worker's disk too, which are free: leave storage out.
  const costUsd = priceOf({ ...used, storageGbHours: 0 }, placement);
  const notes = [
    'From the resources used: AWS has not published the billed ones yet.',
    ...priceCaveats(placement),
  ];
  return { billed: null, costUsd, estimated: true, costNote: join(notes) };
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
  const caveats: string[] = [];
  if (region !== prices.region) caveats.push(`At the prices of ${prices.region}, not of ${region}.`);
  if (!prices.emrServerless[architecture].published) {
    caveats.push(`The ${architecture} prices are derived: ${prices.emrServerless.arm64.note}.`);
  }
  return caveats;
}

function join(notes: readonly string[]): string | null {
  return notes.length > 0 ? notes.join(' ') : null;
}
