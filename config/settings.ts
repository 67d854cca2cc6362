import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as z from 'zod';
import { LAMBDA_RUNTIMES } from './lifecycle';
import { isTimeZone, scheduleProblem } from './schedule';
import { SMALLEST_CAPACITY } from './spark-worker';
import { parseTags } from './tags';

/** A setting of the environment is unknown, missing or out of range. The message lists every one of them. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** @param tooSmall why a value below `min` is refused, where the reason is not obvious */
const integer = (min: number, max: number, tooSmall?: string) =>
  z.coerce.number().int().min(min, tooSmall).max(max);

const onOff = z.enum(['on', 'off', 'true', 'false']).transform((value) => value === 'on' || value === 'true');

const list = z
  .string()
  .transform((value) => value.split(',').map((item) => item.trim()))
  .transform((items) => items.filter((item) => item !== ''));

const matching = (pattern: RegExp, expected: string) => z.string().regex(pattern, `expected ${expected}`);

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

const tags = z.string().transform((value, context) => {
  const parsed = parseTags(value);
  if (typeof parsed !== 'string') return parsed;
  context.addIssue({ code: 'custom', message: parsed });
  return z.NEVER;
});

/** A ceiling of the EMR Serverless application. */
const capacity = (min: number, max: number, unit: string) =>
  integer(
    min,
    max,
    `expected at least ${min} ${unit}: one driver and one worker of ${min / 2} ${unit} each must fit, or no job run ever starts`,
  );

/** EMR 7.10 reads and writes s3:// with S3A. */
const FIRST_MINOR_WITH_S3A = 10;

/** CloudWatch Logs takes only these, in days: PutRetentionPolicy, API reference. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * Every setting: name in the environment, limits, default, and what the README says about it. The README's table is made of
 * this (settings-table.ts), with the limits of numbers added to their descriptions.
 */
export const settingsSchema = z.object({
  APP_PREFIX: matching(/^[a-z][a-z0-9-]{1,19}$/, '2 to 20 characters a-z, 0-9 or -, a letter first')
    .default('clicklogger')
    .describe('first part of every name: 2–20 characters a–z, 0–9, -'),
  STAGE: matching(/^[a-z][a-z0-9]{1,9}$/, '2 to 10 characters a-z or 0-9, a letter first')
    .default('dev')
    .describe('second part of every name: 2–10 characters a–z, 0–9; `prod` protects data'),
  AWS_REGION: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as us-east-1')
    .default('us-east-1')
    .describe('region of all resources'),
  AWS_ENDPOINT_URL: z
    .url('expected a URL such as http://127.0.0.1:4566')
    .optional()
    .describe('endpoint of the AWS API; `npm run local:env` sets it to this machine. Not set: AWS'),
  STATE_BUCKET: z
    .string()
    .min(3)
    .max(63)
    .optional()
    .describe(
      'S3 bucket of the Terraform state ([how to make it](docs/runbook.md#a-bucket-for-terraforms-state)), with S3’s own ' +
        'locking (Terraform ≥ 1.10). Not set: a local file',
    ),
  TAGS: tags
    .default({})
    .describe(
      'further tags, `key=value,key=value`; with our own three at most 10, of letters a–z, A–Z, digits, space and ' +
        '`_.:/=+-@`; no two keys that differ in case only',
    ),
  FORCE_DESTROY: onOff
    .optional()
    .describe(
      'whether Terraform may delete buckets with objects in them; never `on` in stage `prod`. Not set: `on`, in prod `off`',
    ),
  LOG_RETENTION_DAYS: z.coerce
    .number()
    .refine((days) => LOG_RETENTION_DAYS.includes(days), `expected one of ${LOG_RETENTION_DAYS.join(', ')}`)
    .default(30)
    .describe('days that logs are kept; one of CloudWatch’s steps (1, 3, 5, 7, 14, 30, 60, 90 …)'),
  DATA_RETENTION_DAYS: integer(1, 3650)
    .default(365)
    .describe('days that clicks are kept; reports are kept forever'),
  FIREHOSE_BUFFER_SECONDS: integer(
    60,
    900,
    'expected at least 60 seconds: with less, Firehose would write a small Parquet file every few seconds, and the job opens each',
  )
    .default(60)
    .describe('Firehose writes a file after this many seconds …'),
  FIREHOSE_BUFFER_MB: integer(64, 128).default(64).describe('… or this many MB, whichever comes first'),
  EMR_RELEASE: matching(/^emr-7\.\d+\.\d+$/, 'a release with Spark 3.5 such as emr-7.13.0')
    .refine(
      (release) => releaseMinor(release) >= FIRST_MINOR_WITH_S3A,
      `expected emr-7.${FIRST_MINOR_WITH_S3A}.0 or later: earlier releases use EMRFS for s3://, whose streams cannot be aborted, ` +
        'so that a report could be published in part',
    )
    .default('emr-7.13.0')
    .describe('EMR release 7 with Spark 3.5 and S3A: emr-7.10.0 or later'),
  LAMBDA_RUNTIME: z
    .enum(LAMBDA_RUNTIMES)
    .default('nodejs22.x')
    .describe(
      'Node.js of the functions: `nodejs22.x`, or `nodejs24.x` with version 6.19 of the AWS provider or later',
    ),
  EMR_ARCHITECTURE: z.enum(['arm64', 'x86_64']).default('arm64').describe('`arm64` or `x86_64` workers'),
  EMR_MAX_VCPU: capacity(SMALLEST_CAPACITY.maxVcpu, 400, 'vCPU')
    .default(16)
    .describe('maximum of the EMR Serverless application over all its workers, vCPU'),
  EMR_MAX_MEMORY_GB: capacity(SMALLEST_CAPACITY.maxMemoryGigabytes, 3000, 'GB')
    .default(64)
    .describe('the same for memory, GB'),
  EMR_MAX_DISK_GB: capacity(SMALLEST_CAPACITY.maxDiskGigabytes, 20000, 'GB')
    .default(200)
    .describe('the same for disk, GB'),
  EMR_IDLE_MINUTES: integer(1, 10080)
    .default(5)
    .describe('minutes without a job after which the application stops itself'),
  POLL_SECONDS: integer(5, 600)
    .default(20)
    .describe('seconds between two checks of the job run by the state machine'),
  JOB_TIMEOUT_MINUTES: integer(5, 1440).default(60).describe('EMR Serverless ends the job run after this'),
  RUN_TIMEOUT_MINUTES: integer(10, 2880)
    .default(90)
    .describe('the state machine cancels the job run after this; more than `JOB_TIMEOUT_MINUTES`'),
  STUDIO: onOff.default(true).describe('`off` leaves out EMR Studio, its roles, security groups and network'),
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
  ALARM_EMAIL: z
    .email('expected an e-mail address')
    .optional()
    .describe(
      'who gets the messages of alarms and of runs that failed; AWS asks that address to confirm first. Not set: nobody',
    ),
  NOTIFY_SUCCESS: onOff.default(false).describe('`on` sends messages of successful runs too'),
  MAX_COMPUTE_HOURS: integer(1, 168)
    .default(6)
    .describe('a job run or cluster older than so many hours raises an alarm'),
  NO_DATA_HOURS: integer(0, 168)
    .default(24)
    .describe('so many hours without a click, after there were some, raise an alarm; `0`: never'),
  WORKFLOW_LOG_LEVEL: z
    .enum(['OFF', 'FATAL', 'ERROR', 'ALL'])
    .default('ERROR')
    .describe('what Step Functions logs of an execution: `OFF`, `FATAL`, `ERROR` or `ALL`'),
  XRAY: onOff.default(false).describe('`on` traces functions and state machines'),
  VPC_ID: matching(/^vpc-[0-9a-f]{8,17}$/, 'an id such as vpc-0123456789abcdef0')
    .optional()
    .describe(
      'network for EMR Studio and the cluster. Not set: a VPC of our own with one private subnet in a zone that offers the ' +
        'cluster’s instance types, an S3 endpoint and no NAT gateway, which costs nothing',
    ),
  SUBNET_IDS: list
    .refine(
      (ids) => ids.every((id) => /^subnet-[0-9a-f]{8,17}$/.test(id)),
      'expected subnet ids, separated by commas',
    )
    .optional()
    .describe('subnets of `VPC_ID`, separated by commas'),
});

type Environment = z.infer<typeof settingsSchema>;

/** Names that a `.env` file or the environment may set. */
const settingNames: readonly string[] = Object.keys(settingsSchema.shape);

/** Everything that varies between deployments, checked, with defaults filled in. */
export type Settings = Readonly<ReturnType<typeof toSettings>>;

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Clusters of EMR 7.11 are the first that can send their logs to CloudWatch. */
const FIRST_MINOR_WITH_LOGS = 11;

function releaseMinor(release: string): number {
  return Number(release.split('.')[1]);
}

/** What is wrong with settings that are good one by one. */
function crossChecks(values: Environment): string[] {
  const { RUN_TIMEOUT_MINUTES: run, JOB_TIMEOUT_MINUTES: job, EMR_RELEASE: release } = values;
  const hasSubnets = values.SUBNET_IDS !== undefined && values.SUBNET_IDS.length > 0;
  const checks: [boolean, string][] = [
    [
      values.STAGE === 'prod' && values.FORCE_DESTROY === true,
      'FORCE_DESTROY=on: not allowed in stage prod, where Terraform never deletes a bucket with data',
    ],
    [
      run <= job,
      `RUN_TIMEOUT_MINUTES=${run}: expected more than JOB_TIMEOUT_MINUTES (${job}), so that the job run ends before its execution`,
    ],
    [
      values.CLUSTER_CLOUDWATCH_LOGS && releaseMinor(release) < FIRST_MINOR_WITH_LOGS,
      `CLUSTER_CLOUDWATCH_LOGS=on: expected EMR_RELEASE from emr-7.${FIRST_MINOR_WITH_LOGS}.0 on, not ${release}`,
    ],
    [(values.VPC_ID !== undefined) !== hasSubnets, 'VPC_ID and SUBNET_IDS: give both or neither'],
  ];
  return checks.flatMap(([isWrong, problem]) => (isWrong ? [problem] : []));
}

/** The settings as the code uses them; units are in the names, meanings in {@link settingsSchema}. */
function toSettings(values: Environment) {
  const {
    AWS_ENDPOINT_URL: endpoint,
    COVID_SCHEDULE: expression,
    VPC_ID: vpcId,
    SUBNET_IDS: subnetIds,
  } = values;
  const isLocal = endpoint !== undefined && LOOPBACK.has(new URL(endpoint).hostname);
  return {
    appPrefix: values.APP_PREFIX,
    stage: values.STAGE,
    region: values.AWS_REGION,
    /** `local`: AWS_ENDPOINT_URL is on this machine; its Terraform state is kept apart from AWS's. */
    target: isLocal ? ('local' as const) : ('aws' as const),
    stateBucket: isLocal ? undefined : values.STATE_BUCKET,
    tags: values.TAGS,
    forceDestroy: values.FORCE_DESTROY ?? values.STAGE !== 'prod',
    logRetentionDays: values.LOG_RETENTION_DAYS,
    dataRetentionDays: values.DATA_RETENTION_DAYS,
    firehose: { bufferSeconds: values.FIREHOSE_BUFFER_SECONDS, bufferMegabytes: values.FIREHOSE_BUFFER_MB },
    lambdaRuntime: values.LAMBDA_RUNTIME,
    emr: {
      release: values.EMR_RELEASE,
      architecture: values.EMR_ARCHITECTURE,
      maxVcpu: values.EMR_MAX_VCPU,
      maxMemoryGigabytes: values.EMR_MAX_MEMORY_GB,
      maxDiskGigabytes: values.EMR_MAX_DISK_GB,
      idleMinutes: values.EMR_IDLE_MINUTES,
    },
    run: {
      pollSeconds: values.POLL_SECONDS,
      jobTimeoutMinutes: values.JOB_TIMEOUT_MINUTES,
      runTimeoutMinutes: values.RUN_TIMEOUT_MINUTES,
    },
    covid: {
      /** Undefined when the pipeline does not start by itself. */
      schedule: expression === 'off' ? undefined : { expression, timeZone: values.COVID_SCHEDULE_TIMEZONE },
      onUpload: values.COVID_ON_UPLOAD,
      jobs: values.COVID_JOBS,
      lakeFormation: values.LAKE_FORMATION,
    },
    cluster: {
      primaryTypes: values.CLUSTER_PRIMARY_TYPES,
      workerTypes: values.CLUSTER_WORKER_TYPES,
      workers: values.CLUSTER_WORKERS,
      spot: values.CLUSTER_SPOT,
      volumeGigabytes: values.CLUSTER_VOLUME_GB,
      idleMinutes: values.CLUSTER_IDLE_MINUTES,
      startMinutes: values.CLUSTER_START_MINUTES,
      stepMinutes: values.STEP_TIMEOUT_MINUTES,
      encryption: values.CLUSTER_ENCRYPTION,
      cloudwatchLogs: values.CLUSTER_CLOUDWATCH_LOGS,
    },
    monitoring: {
      email: values.ALARM_EMAIL,
      notifySuccess: values.NOTIFY_SUCCESS,
      maxComputeHours: values.MAX_COMPUTE_HOURS,
      noDataHours: values.NO_DATA_HOURS,
      workflowLogLevel: values.WORKFLOW_LOG_LEVEL,
      tracing: values.XRAY,
    },
    studio: values.STUDIO,
    /** A network that exists already; the stacks make one of their own when undefined. */
    network: vpcId !== undefined && subnetIds !== undefined ? { vpcId, subnetIds } : undefined,
  };
}

/**
 * Checks `environment` and fills in the defaults; an empty value counts as not set.
 *
 * @throws SettingsError naming every bad setting, its value and what is allowed
 */
export function parseSettings(environment: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(given);
  const problems = parsed.success
    ? crossChecks(parsed.data)
    : parsed.error.issues.map(
        ({ path: [name], message }) => `${String(name)}=${environment[String(name)]}: ${message}`,
      );
  if (!parsed.success || problems.length > 0) {
    throw new SettingsError(
      `Settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}\nThe README lists all settings.`,
    );
  }
  return toSettings(parsed.data);
}

function readDotEnv(folder: string): NodeJS.ProcessEnv {
  const path = join(folder, '.env');
  if (!existsSync(path)) return {};
  const values = parseEnv(readFileSync(path, 'utf8'));
  const unknown = Object.keys(values).filter(
    (name) => !settingNames.includes(name) && !name.startsWith('AWS_'),
  );
  if (unknown.length > 0) {
    throw new SettingsError(
      `.env: ${unknown.join(', ')}: no such setting. Settings are ${settingNames.join(', ')} and any AWS_ variable.`,
    );
  }
  return values;
}

/**
 * `environment` with what the `.env` file in `folder` adds to it: settings, and variables of the AWS SDKs.
 *
 * @throws SettingsError when the file has a name that is neither
 */
export function withDotEnv(folder: string, environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...readDotEnv(folder), ...environment };
}

/**
 * Settings of this process: the environment, then the `.env` file in `folder`, then the defaults.
 *
 * @throws SettingsError when a setting is unknown or out of range
 */
export function loadSettings(folder: string, environment: NodeJS.ProcessEnv = process.env): Settings {
  return parseSettings(withDotEnv(folder, environment));
}
