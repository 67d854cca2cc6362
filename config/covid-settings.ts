import * as z from 'zod';
import { isTimeZone, scheduleProblem } from './schedule';
import { integer, list, onOff } from './setting-kinds';

/** Folder in spark-jobs/; also the name of the step and part of S3 keys. */
const JOB_NAME = /^[a-z][a-z0-9-]{1,39}$/;

/** State names of the workflow are the job names without hyphens, so they must be unique without hyphens. */
function areJobs(names: readonly string[]): boolean {
  const states = new Set(names.map((name) => name.replaceAll('-', '')));
  return names.length > 0 && states.size === names.length && names.every((name) => JOB_NAME.test(name));
}

const INSTANCE_TYPE = /^[a-z]+\d[a-z0-9-]*\.[a-z0-9]+$/;

/** EMR accepts at most five types in an instance fleet without an allocation strategy. */
const instanceTypes = list.refine(
  (types) => types.length >= 1 && types.length <= 5 && types.every((type) => INSTANCE_TYPE.test(type)),
  'expected one to five EC2 instance types such as m7g.xlarge, separated by commas',
);

/** Triggers, jobs and cluster of the covid pipeline. */
export const covidSettings = {
  COVID_SCHEDULE: z
    .string()
    .superRefine((value, context) => {
      const message = scheduleProblem(value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .default('off')
    .describe(
      'schedule of the covid pipeline: `at(2026-03-04T02:00:00)`, `cron(0 2 * * ? *)` or `rate(1 day)`',
    ),
  COVID_SCHEDULE_TIMEZONE: z
    .string()
    .refine(isTimeZone, 'expected an IANA time zone such as Europe/Paris')
    .default('UTC')
    .describe('time zone of `at` and `cron`, e.g. `Europe/Paris`'),
  COVID_ON_UPLOAD: onOff
    .default(false)
    .describe('`on` starts the covid pipeline when a file arrives under `raw/`'),
  COVID_JOBS: list
    .refine(
      areJobs,
      'expected names of folders in spark-jobs/, separated by commas, that are unique without their hyphens',
    )
    .default(['covid-report'])
    .describe('folders in `spark-jobs/`, run one after the other on one cluster'),
  CLUSTER_PRIMARY_TYPES: instanceTypes
    .default(['m7g.xlarge', 'm6g.xlarge'])
    .describe('instance types of the primary node, On-Demand; the first available type is used'),
  CLUSTER_WORKER_TYPES: instanceTypes
    .default(['m7g.xlarge', 'm6g.xlarge', 'r7g.xlarge', 'r6g.xlarge'])
    .describe('instance types of the workers'),
  CLUSTER_WORKERS: integer(1, 50).default(2).describe('number of workers'),
  CLUSTER_SPOT: onOff
    .default(true)
    .describe(
      'workers are Spot Instances, or On-Demand when no Spot capacity is available within 10 minutes',
    ),
  CLUSTER_VOLUME_GB: integer(15, 1000).default(32).describe('disk of each node, GB'),
  CLUSTER_IDLE_MINUTES: integer(
    10,
    10080,
    'expected at least 10 minutes: Step Functions detects the start of a cluster and the end of a step up to 5 minutes late, ' +
      'and waits up to 4 minutes while EMR throttles; EMR could terminate a cluster that the next step needs',
  )
    .default(10)
    .describe(
      'EMR terminates a cluster after this many minutes without a step; Step Functions may detect the end of a step 5 minutes late',
    ),
  CLUSTER_START_MINUTES: integer(5, 120)
    .default(30)
    .describe(
      'maximum time to start a cluster; the run fails up to 5 minutes later, because Step Functions may detect the start late',
    ),
  STEP_TIMEOUT_MINUTES: integer(1, 1440)
    .default(60)
    .describe('maximum duration of a job; the run fails up to 5 minutes later, for the same reason'),
  CLUSTER_ENCRYPTION: onOff
    .default(true)
    .describe(
      'disks are encrypted with a KMS key of the stack (about 1 USD a month; deleted 7 days after a destroy)',
    ),
  CLUSTER_CLOUDWATCH_LOGS: onOff
    .default(false)
    .describe(
      '`on` streams logs to CloudWatch while the job runs (release ≥ 7.11); a private network gets an interface endpoint, ' +
        'billed by the hour. Not verified yet: Step Functions may not pass it to EMR; `npm run verify` tests it',
    ),
  LAKE_FORMATION: onOff
    .default(false)
    .describe(
      '`on` registers the table of results with Lake Formation; the deploying principal must be a data lake administrator',
    ),
};
