import * as z from 'zod';
import { isLoopback } from './loopback';
import { clickSettings, releaseMinor } from './click-settings';
import { covidSettings } from './covid-settings';
import { deploymentSettings, networkSettings } from './deployment-settings';
import { monitoringSettings } from './monitoring-settings';

/** Settings of the environment are unknown, missing or out of range. The message lists all of them. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Every setting: environment variable, limits, default and description. settings-table.ts generates the table in
 * docs/settings.md from this schema.
 */
export const settingsSchema = z.object({
  ...deploymentSettings,
  ...networkSettings,
  ...clickSettings,
  ...covidSettings,
  ...monitoringSettings,
});

type Environment = z.infer<typeof settingsSchema>;

/** Names that a `.env` file or the environment may set. */
export const settingNames: readonly string[] = Object.keys(settingsSchema.shape);

/** Validated settings of a deployment, with defaults. */
export type Settings = Readonly<ReturnType<typeof toSettings>>;

/** EMR 7.11 is the first release whose clusters can send logs to CloudWatch. */
const FIRST_MINOR_WITH_LOGS = 11;

/** Errors in the combination of settings that are valid individually. */
function crossChecks(values: Environment): string[] {
  const { RUN_TIMEOUT_MINUTES: run, JOB_TIMEOUT_MINUTES: job, EMR_RELEASE: release } = values;
  const hasSubnets = values.SUBNET_IDS !== undefined && values.SUBNET_IDS.length > 0;
  const checks: [boolean, string][] = [
    [
      values.STAGE === 'prod' && values.FORCE_DESTROY === true,
      'FORCE_DESTROY=on: not allowed in stage prod, where Terraform must not delete buckets that contain objects',
    ],
    [
      run <= job,
      `RUN_TIMEOUT_MINUTES=${run}: expected more than JOB_TIMEOUT_MINUTES (${job}): the job run must end before its execution`,
    ],
    [
      values.CLUSTER_CLOUDWATCH_LOGS && releaseMinor(release) < FIRST_MINOR_WITH_LOGS,
      `CLUSTER_CLOUDWATCH_LOGS=on: expected EMR_RELEASE emr-7.${FIRST_MINOR_WITH_LOGS}.0 or later, not ${release}`,
    ],
    [
      values.CUSTOMER_MANAGED_KEYS && !values.CLUSTER_ENCRYPTION,
      'CUSTOMER_MANAGED_KEYS=on: expected CLUSTER_ENCRYPTION=on too, because the disks of clusters contain the same data',
    ],
    [(values.VPC_ID !== undefined) !== hasSubnets, 'VPC_ID and SUBNET_IDS: set both or neither'],
  ];
  return checks.flatMap(([isWrong, problem]) => (isWrong ? [problem] : []));
}

/** The settings as the code uses them; names include units, {@link settingsSchema} describes them. */
function toSettings(values: Environment) {
  const {
    AWS_ENDPOINT_URL: endpoint,
    COVID_SCHEDULE: expression,
    VPC_ID: vpcId,
    SUBNET_IDS: subnetIds,
  } = values;
  const isLocal = endpoint !== undefined && isLoopback(endpoint);
  return {
    appPrefix: values.APP_PREFIX,
    stage: values.STAGE,
    region: values.AWS_REGION,
    /** `local`: AWS_ENDPOINT_URL refers to this machine. Its Terraform state is separate from the state of AWS. */
    target: isLocal ? ('local' as const) : ('aws' as const),
    stateBucket: isLocal ? undefined : values.STATE_BUCKET,
    tags: values.TAGS,
    forceDestroy: values.FORCE_DESTROY ?? values.STAGE !== 'prod',
    logRetentionDays: values.LOG_RETENTION_DAYS,
    dataRetentionDays: values.DATA_RETENTION_DAYS,
    firehose: { bufferSeconds: values.FIREHOSE_BUFFER_SECONDS, bufferMegabytes: values.FIREHOSE_BUFFER_MB },
    customerManagedKeys: values.CUSTOMER_MANAGED_KEYS,
    accessLogs: values.ACCESS_LOGS,
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
      /** Undefined without a schedule. */
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
    /** An existing network; the stacks create one when undefined. */
    network: vpcId !== undefined && subnetIds !== undefined ? { vpcId, subnetIds } : undefined,
  };
}

/**
 * Validates `environment` and adds the defaults. Values are trimmed; an empty value is not set.
 *
 * @throws SettingsError with every invalid setting, its value and the allowed values
 */
export function parseSettings(environment: NodeJS.ProcessEnv): Settings {
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.trim()] as const);
  const given = Object.fromEntries(trimmed.filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(given);
  const problems = parsed.success
    ? crossChecks(parsed.data)
    : parsed.error.issues.map(
        ({ path: [name], message }) => `${String(name)}=${environment[String(name)]}: ${message}`,
      );
  if (!parsed.success || problems.length > 0) {
    throw new SettingsError(
      `Invalid settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}\ndocs/settings.md lists all settings.`,
    );
  }
  return toSettings(parsed.data);
}
