import * as z from 'zod';
import { integer, matching, onOff } from './setting-kinds';
import { SMALLEST_CAPACITY } from './spark-worker';

/** Maximum capacity of the EMR Serverless application. */
const capacity = (min: number, max: number, unit: string) =>
  integer(
    min,
    max,
    `expected at least ${min} ${unit}: one driver and one worker of ${min / 2} ${unit} each must fit, otherwise no job run starts`,
  );

/** EMR 7.10 reads and writes s3:// with S3A. */
const FIRST_MINOR_WITH_S3A = 10;

/** `13` of `emr-7.13.0`. */
export function releaseMinor(release: string): number {
  return Number(release.split('.')[1]);
}

/** Firehose, EMR Serverless and the runs of the click pipeline. */
export const clickSettings = {
  FIREHOSE_BUFFER_SECONDS: integer(
    60,
    900,
    'expected at least 60 seconds: with a shorter buffer, Firehose writes a small Parquet file every few seconds, and the job opens each file',
  )
    .default(60)
    .describe('Firehose writes a file after this many seconds …'),
  FIREHOSE_BUFFER_MB: integer(64, 128).default(64).describe('… or this many MB, whichever comes first'),
  EMR_RELEASE: matching(/^emr-7\.\d+\.\d+$/, 'a release with Spark 3.5 such as emr-7.13.0')
    .refine(
      (release) => releaseMinor(release) >= FIRST_MINOR_WITH_S3A,
      `expected emr-7.${FIRST_MINOR_WITH_S3A}.0 or later: earlier releases use EMRFS for s3://, whose streams cannot be aborted, ` +
        'so a report could be published partially',
    )
    .default('emr-7.13.0')
    .describe('EMR release 7 with Spark 3.5 and S3A: emr-7.10.0 or later'),
  EMR_ARCHITECTURE: z.enum(['arm64', 'x86_64']).default('arm64').describe('`arm64` or `x86_64` workers'),
  EMR_MAX_VCPU: capacity(SMALLEST_CAPACITY.maxVcpu, 400, 'vCPU')
    .default(16)
    .describe('maximum capacity of the EMR Serverless application, all workers together, vCPU'),
  EMR_MAX_MEMORY_GB: capacity(SMALLEST_CAPACITY.maxMemoryGigabytes, 3000, 'GB')
    .default(64)
    .describe('maximum memory of all workers together, GB'),
  EMR_MAX_DISK_GB: capacity(SMALLEST_CAPACITY.maxDiskGigabytes, 20000, 'GB')
    .default(200)
    .describe('maximum disk of all workers together, GB'),
  EMR_IDLE_MINUTES: integer(1, 10080)
    .default(5)
    .describe('minutes without a job run after which EMR Serverless stops the application'),
  POLL_SECONDS: integer(5, 600)
    .default(20)
    .describe('seconds between two status checks of the job run by the state machine'),
  JOB_TIMEOUT_MINUTES: integer(5, 1440)
    .default(60)
    .describe('EMR Serverless cancels the job run after this many minutes'),
  RUN_TIMEOUT_MINUTES: integer(10, 2880)
    .default(90)
    .describe(
      'the state machine cancels the job run after this many minutes; must exceed `JOB_TIMEOUT_MINUTES`',
    ),
  STUDIO: onOff
    .default(true)
    .describe('`off`: EMR Studio, its role, security groups and network are not created'),
};
