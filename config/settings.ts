import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as z from 'zod';
import type { ClusterSize } from './cluster-size';
import { isSchedule, isTimeZone, SCHEDULE_FORMS } from './schedule';
import { type Capacity, SMALLEST_CAPACITY } from './spark-worker';
import { parseTags } from './tags';

/** A setting of the environment is unknown, missing or out of range. The message lists every one of them. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** @param tooSmall what to say of a value below `min`, where the reason is not plain */
const integer = (min: number, max: number, tooSmall?: string) =>
  z.coerce.number().int().min(min, tooSmall).max(max);

const onOff = z.enum(['on', 'off', 'true', 'false']).transform((value) => value === 'on' || value === 'true');

const list = z
  .string()
  .transform((value) => value.split(',').map((item) => item.trim()))
  .transform((items) => items.filter((item) => item !== ''));

/** Folder of spark-jobs/: also the name of a step, and part of S3 keys. */
const JOB_NAME = /^[a-z][a-z0-9-]{1,39}$/;

/** The states of the workflow are named after the jobs, without hyphens: two with the same name would be one. */
function areJobs(names: readonly string[]): boolean {
  const states = new Set(names.map((name) => name.replaceAll('-', '')));
  return names.length > 0 && states.size === names.length && names.every((name) => JOB_NAME.test(name));
}

/** EMR takes at most five types in an instance fleet without an allocation strategy. */
const instanceTypes = list.refine(
  (types) =>
    types.length >= 1 &&
    types.length <= 5 &&
    types.every((type) => /^[a-z]+\d[a-z0-9-]*\.[a-z0-9]+$/.test(type)),
  'expected one to five EC2 instance types such as m7g.xlarge, separated by commas',
);

const schedule = z.string().refine(isSchedule, `expected off, ${SCHEDULE_FORMS}`);

const timeZone = z.string().refine(isTimeZone, 'expected a name of the IANA time zones such as Europe/Paris');

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

/** Every setting: name in the environment, limits, default. The README's table says the same in words. */
const environmentSchema = z.object({
  APP_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,19}$/, 'expected 2 to 20 characters a-z, 0-9 or -, a letter first')
    .default('clicklogger'),
  STAGE: z
    .string()
    .regex(/^[a-z][a-z0-9]{1,9}$/, 'expected 2 to 10 characters a-z or 0-9, a letter first')
    .default('dev'),
  AWS_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as us-east-1')
    .default('us-east-1'),
  AWS_ENDPOINT_URL: z.url('expected a URL such as http://127.0.0.1:4566').optional(),
  STATE_BUCKET: z.string().min(3).max(63).optional(),
  TAGS: tags.default({}),
  FORCE_DESTROY: onOff.optional(),
  LOG_RETENTION_DAYS: integer(1, 3653)
    .refine((days) => LOG_RETENTION_DAYS.includes(days), `expected one of ${LOG_RETENTION_DAYS.join(', ')}`)
    .default(30),
  DATA_RETENTION_DAYS: integer(1, 3650).default(365),
  FIREHOSE_BUFFER_SECONDS: integer(
    60,
    900,
    'expected at least 60 seconds: with less, Firehose would write a small Parquet file every few seconds, and the job opens each',
  ).default(60),
  FIREHOSE_BUFFER_MB: integer(64, 128).default(64),
  EMR_RELEASE: z
    .string()
    .regex(/^emr-7\.\d+\.\d+$/, 'expected a release with Spark 3.5 such as emr-7.13.0')
    .refine(
      (release) => releaseMinor(release) >= FIRST_MINOR_WITH_S3A,
      `expected emr-7.${FIRST_MINOR_WITH_S3A}.0 or later: earlier releases use EMRFS for s3://, whose streams cannot be aborted, ` +
        'so that a report could be published in part',
    )
    .default('emr-7.13.0'),
  EMR_ARCHITECTURE: z.enum(['arm64', 'x86_64']).default('arm64'),
  EMR_MAX_VCPU: capacity(SMALLEST_CAPACITY.maxVcpu, 400, 'vCPU').default(16),
  EMR_MAX_MEMORY_GB: capacity(SMALLEST_CAPACITY.maxMemoryGigabytes, 3000, 'GB').default(64),
  EMR_MAX_DISK_GB: capacity(SMALLEST_CAPACITY.maxDiskGigabytes, 20000, 'GB').default(200),
  EMR_IDLE_MINUTES: integer(1, 10080).default(5),
  POLL_SECONDS: integer(5, 600).default(20),
  JOB_TIMEOUT_MINUTES: integer(5, 1440).default(60),
  RUN_TIMEOUT_MINUTES: integer(10, 2880).default(90),
  STUDIO: onOff.default(true),
  COVID_SCHEDULE: schedule.default('off'),
  COVID_SCHEDULE_TIMEZONE: timeZone.default('UTC'),
  COVID_ON_UPLOAD: onOff.default(false),
  COVID_JOBS: list
    .refine(
      areJobs,
      'expected names of folders in spark-jobs/, separated by commas, each once, also when hyphens do not count',
    )
    .default(['covid-report']),
  CLUSTER_PRIMARY_TYPES: instanceTypes.default(['m7g.xlarge', 'm6g.xlarge']),
  CLUSTER_WORKER_TYPES: instanceTypes.default(['m7g.xlarge', 'm6g.xlarge', 'r7g.xlarge', 'r6g.xlarge']),
  CLUSTER_WORKERS: integer(1, 50).default(2),
  CLUSTER_SPOT: onOff.default(true),
  CLUSTER_VOLUME_GB: integer(15, 1000).default(32),
  CLUSTER_IDLE_MINUTES: integer(
    10,
    10080,
    'expected at least 10 minutes: Step Functions sees the start of a cluster and the end of a step up to 5 minutes late, ' +
      'and waits up to 4 while EMR throttles; with less, EMR could end a cluster that the next step needs',
  ).default(10),
  CLUSTER_START_MINUTES: integer(5, 120).default(30),
  STEP_TIMEOUT_MINUTES: integer(1, 1440).default(60),
  CLUSTER_ENCRYPTION: onOff.default(true),
  /** Unproved: nobody has seen Step Functions pass it on to EMR on AWS; `npm run verify` shows it. */
  CLUSTER_CLOUDWATCH_LOGS: onOff.default(false),
  LAKE_FORMATION: onOff.default(false),
  ALARM_EMAIL: z.email('expected an e-mail address').optional(),
  NOTIFY_SUCCESS: onOff.default(false),
  MAX_COMPUTE_HOURS: integer(1, 168).default(6),
  NO_DATA_HOURS: integer(0, 168).default(24),
  WORKFLOW_LOG_LEVEL: z.enum(['OFF', 'FATAL', 'ERROR', 'ALL']).default('ERROR'),
  XRAY: onOff.default(false),
  VPC_ID: z
    .string()
    .regex(/^vpc-[0-9a-f]{8,17}$/, 'expected an id such as vpc-0123456789abcdef0')
    .optional(),
  SUBNET_IDS: list
    .refine(
      (ids) => ids.every((id) => /^subnet-[0-9a-f]{8,17}$/.test(id)),
      'expected subnet ids, separated by commas',
    )
    .optional(),
});

type Environment = z.infer<typeof environmentSchema>;

/** Names that a `.env` file or the environment may set. */
export const settingNames: readonly string[] = Object.keys(environmentSchema.shape);

/** Everything that varies between deployments, checked, with defaults filled in. */
export interface Settings {
  /** First part of every physical name. */
  readonly appPrefix: string;
  /** Deployment stage, second part of every physical name. */
  readonly stage: string;
  readonly region: string;
  /** `local`: AWS_ENDPOINT_URL points at this machine; its Terraform state is kept apart from AWS's. */
  readonly target: 'aws' | 'local';
  /** S3 bucket of the Terraform state; a local file when undefined. */
  readonly stateBucket: string | undefined;
  /** Tags on every resource, besides project, stage and managed-by. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether Terraform may delete a bucket that still holds objects. Never in stage prod. */
  readonly forceDestroy: boolean;
  readonly logRetentionDays: number;
  readonly dataRetentionDays: number;
  readonly firehose: { readonly bufferSeconds: number; readonly bufferMegabytes: number };
  readonly emr: Capacity & {
    readonly release: string;
    readonly architecture: 'arm64' | 'x86_64';
    readonly idleMinutes: number;
  };
  readonly run: {
    readonly pollSeconds: number;
    /** EMR Serverless ends the job run after this. */
    readonly jobTimeoutMinutes: number;
    /** The state machine cancels the job run after this. */
    readonly runTimeoutMinutes: number;
  };
  readonly covid: {
    /** When the pipeline starts by itself; undefined when it does not. */
    readonly schedule: { readonly expression: string; readonly timeZone: string } | undefined;
    /** Whether a file uploaded to raw/ starts it. */
    readonly onUpload: boolean;
    /** Folders of spark-jobs/, run one after the other on one cluster. */
    readonly jobs: readonly string[];
    /** Whether Lake Formation governs the table of results. */
    readonly lakeFormation: boolean;
  };
  readonly cluster: ClusterSize & {
    readonly startMinutes: number;
    readonly stepMinutes: number;
    /** Whether the disks are encrypted, with a KMS key of our own. */
    readonly encryption: boolean;
    /** Whether logs also go to CloudWatch while the job runs. */
    readonly cloudwatchLogs: boolean;
  };
  readonly watch: {
    /** Who gets the messages of alarms and of runs that have ended; undefined when nobody does. */
    readonly email: string | undefined;
    /** Whether a run that went well is told too. */
    readonly notifySuccess: boolean;
    /** A job run or cluster older than this sets an alarm off. */
    readonly maxComputeHours: number;
    /** No click for so long sets an alarm off; never when 0. */
    readonly noDataHours: number;
    /** How much Step Functions logs of an execution. */
    readonly workflowLogLevel: 'OFF' | 'FATAL' | 'ERROR' | 'ALL';
    /** Whether functions and state machines are traced with X-Ray. */
    readonly tracing: boolean;
  };
  /** Whether EMR Studio, its roles and security groups are made. */
  readonly studio: boolean;
  /** A network that exists already; a small one of our own when undefined. */
  readonly network: { readonly vpcId: string; readonly subnetIds: readonly string[] } | undefined;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

function describe(issue: z.core.$ZodIssue, environment: NodeJS.ProcessEnv): string {
  const name = String(issue.path[0]);
  return `${name}=${environment[name] ?? ''}: ${issue.message}`;
}

/** Clusters of EMR 7.11 are the first that can send their logs to CloudWatch. */
const FIRST_MINOR_WITH_LOGS = 11;

function releaseMinor(release: string): number {
  return Number(release.split('.')[1]);
}

function crossChecks(values: Environment): string[] {
  const problems: string[] = [];
  if (values.STAGE === 'prod' && values.FORCE_DESTROY === true) {
    problems.push(
      'FORCE_DESTROY=on: not allowed in stage prod, where a bucket with data is never deleted by Terraform',
    );
  }
  if (values.RUN_TIMEOUT_MINUTES <= values.JOB_TIMEOUT_MINUTES) {
    problems.push(
      `RUN_TIMEOUT_MINUTES=${values.RUN_TIMEOUT_MINUTES}: expected more than JOB_TIMEOUT_MINUTES (${values.JOB_TIMEOUT_MINUTES}), ` +
        'so that the job run ends before its execution does',
    );
  }
  if (values.CLUSTER_CLOUDWATCH_LOGS && releaseMinor(values.EMR_RELEASE) < FIRST_MINOR_WITH_LOGS) {
    problems.push(
      `CLUSTER_CLOUDWATCH_LOGS=on: expected EMR_RELEASE from emr-7.${FIRST_MINOR_WITH_LOGS}.0 on, not ${values.EMR_RELEASE}`,
    );
  }
  if ((values.VPC_ID === undefined) !== (values.SUBNET_IDS === undefined || values.SUBNET_IDS.length === 0)) {
    problems.push('VPC_ID and SUBNET_IDS: give both or neither');
  }
  return problems;
}

function toSettings(values: Environment): Settings {
  const local =
    values.AWS_ENDPOINT_URL !== undefined && LOOPBACK.has(new URL(values.AWS_ENDPOINT_URL).hostname);
  return {
    appPrefix: values.APP_PREFIX,
    stage: values.STAGE,
    region: values.AWS_REGION,
    target: local ? 'local' : 'aws',
    stateBucket: local ? undefined : values.STATE_BUCKET,
    tags: values.TAGS,
    forceDestroy: values.FORCE_DESTROY ?? values.STAGE !== 'prod',
    logRetentionDays: values.LOG_RETENTION_DAYS,
    dataRetentionDays: values.DATA_RETENTION_DAYS,
    firehose: { bufferSeconds: values.FIREHOSE_BUFFER_SECONDS, bufferMegabytes: values.FIREHOSE_BUFFER_MB },
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
      schedule:
        values.COVID_SCHEDULE === 'off'
          ? undefined
          : { expression: values.COVID_SCHEDULE, timeZone: values.COVID_SCHEDULE_TIMEZONE },
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
    watch: {
      email: values.ALARM_EMAIL,
      notifySuccess: values.NOTIFY_SUCCESS,
      maxComputeHours: values.MAX_COMPUTE_HOURS,
      noDataHours: values.NO_DATA_HOURS,
      workflowLogLevel: values.WORKFLOW_LOG_LEVEL,
      tracing: values.XRAY,
    },
    studio: values.STUDIO,
    network:
      values.VPC_ID !== undefined && values.SUBNET_IDS !== undefined
        ? { vpcId: values.VPC_ID, subnetIds: values.SUBNET_IDS }
        : undefined,
  };
}

/**
 * Checks `environment` and fills in the defaults; an empty value counts as not set.
 *
 * @throws SettingsError naming every bad setting, its value and what is allowed
 */
export function parseSettings(environment: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  const problems = parsed.success
    ? crossChecks(parsed.data)
    : parsed.error.issues.map((issue) => describe(issue, environment));
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
