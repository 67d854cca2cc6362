import * as z from 'zod';
import { isTimeZone, scheduleProblem } from './schedule';
import { integer, list, onOff } from './setting-kinds';

/** Folder of spark-jobs/: also the name of a step, and part of S3 keys. */
const JOB_NAME = /^[a-z][a-z0-9-]{1,39}$/;

/** The states of the workflow are named after the jobs, without hyphens: two with the same name would be one. */
function areJobs(names: readonly string[]): boolean {
  const states = new Set(names.map((name) => name.replaceAll('-', '')));
  return names.length > 0 && states.size === names.length && names.every((name) => JOB_NAME.test(name));
}

const INSTANCE_TYPE = /^[a-z]+\d[a-z0-9-]*\.[a-z0-9]+$/;

/** EMR takes at most five types in an instance fleet without an allocation strategy. */
const instanceTypes = list.refine(
  (types) => types.length >= 1 && types.length <= 5 && types.every((type) => INSTANCE_TYPE.test(type)),
  'expected one to five EC2 instance types such as m7g.xlarge, separated by commas',
);

/** What starts the covid pipeline, and its cluster. */
export const covidSettings = {
  COVID_SCHEDULE: z
    .string()
    .superRefine((value, context) => {
      const message = scheduleProblem(value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .default('off')
    .describe(
      'when the covid pipeline starts by itself: `at(2026-03-04T02:00:00)`, `cron(0 2 * * ? *)`, `rate(1 day)`',
    ),
  COVID_SCHEDULE_TIMEZONE: z
    .string()
    .refine(isTimeZone, 'expected a name of the IANA time zones such as Europe/Paris')
    .default('UTC')
    .describe('time zone of `at` and `cron`, e.g. `Europe/Paris`'),
  COVID_ON_UPLOAD: onOff
    .default(false)
    .describe('`on` starts the covid pipeline when a file arrives under `raw/`'),
  COVID_JOBS: list
    .refine(
      areJobs,
      'expected names of folders in spark-jobs/, separated by commas, each once, also when hyphens do not count',
    )
    .default(['covid-report'])
    .describe('folders of `spark-jobs/`, run one after the other on one cluster'),
  CLUSTER_PRIMARY_TYPES: instanceTypes
    .default(['m7g.xlarge', 'm6g.xlarge'])
    .describe('instance types of the primary node, On-Demand; the first with capacity is used'),
  CLUSTER_WORKER_TYPES: instanceTypes
    .default(['m7g.xlarge', 'm6g.xlarge', 'r7g.xlarge', 'r6g.xlarge'])
    .describe('instance types of the workers'),
  CLUSTER_WORKERS: integer(1, 50).default(2).describe('number of workers'),
  CLUSTER_SPOT: onOff
    .default(true)
    .describe('workers are Spot instances, On-Demand when there are none within 10 minutes'),
  CLUSTER_VOLUME_GB: integer(15, 1000).default(32).describe('disk of each node, GB'),
  CLUSTER_IDLE_MINUTES: integer(
    10,
    10080,
    'expected at least 10 minutes: Step Functions sees the start of a cluster and the end of a step up to 5 minutes late, ' +
      'and waits up to 4 while EMR throttles; with less, EMR could end a cluster that the next step needs',
  )
    .default(10)
    .describe(
      'EMR itself ends a cluster after so many minutes without a step; Step Functions may see the end of a step 5 minutes late',
    ),
  CLUSTER_START_MINUTES: integer(5, 120)
    .default(30)
    .describe(
      'maximum time to start a cluster; the run fails up to 5 minutes later, as Step Functions may see a start so late',
    ),
  STEP_TIMEOUT_MINUTES: integer(1, 1440)
    .default(60)
    .describe('maximum time of a job; the run fails up to 5 minutes later, for the same reason'),
  CLUSTER_ENCRYPTION: onOff
    .default(true)
    .describe(
      'disks are encrypted with a KMS key of the stack (about 1 USD a month; deleted 7 days after a destroy)',
    ),
  CLUSTER_CLOUDWATCH_LOGS: onOff
    .default(false)
    .describe(
      '`on` streams logs to CloudWatch while the job runs (release ≥ 7.11); a private network gets an interface endpoint, ' +
        'billed by the hour. Not proved yet: nobody has seen Step Functions pass it on to EMR; `npm run verify` tests it',
    ),
  LAKE_FORMATION: onOff
    .default(false)
    .describe(
      '`on` registers the table of results with Lake Formation; who deploys must be an administrator of the data lake',
    ),
};
