/**
 * Driver and executors of the click job on EMR Serverless: 2 vCPU allow 4 to 16 GB; 10 % of the heap is added as overhead and
 * rounded up to whole GB; 20 GB of disk are free of charge.
 */
export const SPARK_WORKER = { vcpu: 2, heapGigabytes: 6, memoryGigabytes: 7, diskGigabytes: 20 };

/** Maximum capacity of all workers of an application. */
export interface Capacity {
  readonly maxVcpu: number;
  readonly maxMemoryGigabytes: number;
  readonly maxDiskGigabytes: number;
}

/** Minimum for a job run to start: one driver and one executor. */
export const SMALLEST_CAPACITY: Capacity = {
  maxVcpu: 2 * SPARK_WORKER.vcpu,
  maxMemoryGigabytes: 2 * SPARK_WORKER.memoryGigabytes,
  maxDiskGigabytes: 2 * SPARK_WORKER.diskGigabytes,
};

/** Maximum number of executors in addition to the driver. */
export function maxExecutors({ maxVcpu, maxMemoryGigabytes, maxDiskGigabytes }: Capacity): number {
  const workers = [
    maxVcpu / SPARK_WORKER.vcpu,
    maxMemoryGigabytes / SPARK_WORKER.memoryGigabytes,
    maxDiskGigabytes / SPARK_WORKER.diskGigabytes,
  ];
  return Math.floor(Math.min(...workers)) - 1;
}
