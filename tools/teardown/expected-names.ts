import type { Names } from '../../config/names';

/** Buckets with data that cannot be recreated: clicks, reports, hospital data, notebooks. */
const DATA_BUCKETS = ['firehose-delivery', 'loggregator-output', 'emr-studio', 'covid-data'];
const OTHER_BUCKETS = [
  'loggregator-source',
  'emr-logs',
  'covid-artifacts',
  'access-logs',
  'covid-access-logs',
];
/** Prefixes of the purposes that both pipelines have. */
const PIPELINE_PREFIXES = ['', 'covid-'];
const WATCH_FUNCTIONS = ['reaper', 'notifier'];
const WATCH_RULES = ['reap', 'sweep', 'notify'];
const WATCH_ALARMS = [
  'execution-failed',
  'execution-timed-out',
  'compute-orphaned',
  'compute-too-old',
  'dead-letters',
];
const CLICK_ALARMS = [
  'ingestion-errors',
  'ingestion-throttles',
  'no-data',
  'firehose-freshness',
  'format-conversion-failed',
];
const FUNCTIONS = ['ingestion', 'job-status', 'covid-failure', ...inBoth(WATCH_FUNCTIONS)];
const ROLES = [
  ...FUNCTIONS,
  'delivery',
  'job',
  'workflow',
  'studio',
  'covid-instance',
  'covid-service',
  'covid-workflow',
  'covid-schedule',
  'covid-upload',
];
const GROUPS = [
  'studio-engine',
  'studio-workspace',
  'covid-primary',
  'covid-worker',
  'covid-service',
  'covid-logs',
];
const LOG_GROUPS: readonly (readonly [service: string, purpose: string])[] = [
  ...FUNCTIONS.map((purpose) => ['lambda', `${purpose}-lambda`] as const),
  ['kinesisfirehose', 'firehose-delivery-stream'],
  ['vendedlogs/states', 'state-machine'],
  ['vendedlogs/states', 'covid-state-machine'],
  ['emr', 'covid'],
];

export type ExpectedNames = ReturnType<typeof expectedNames>;

/**
 * All physical names of the stacks in one stage, account and region. Lookups compare whole names, not prefixes:
 * `clicklogger-dev-…` may also belong to an application named `clicklogger-dev`.
 */
export function expectedNames(names: Names) {
  const covid = names.plain('covid');
  const plain = (purposes: readonly string[]): string[] => purposes.map((purpose) => names.plain(purpose));
  const dataBuckets = DATA_BUCKETS.map((purpose) => names.bucket(purpose));
  return {
    buckets: [...dataBuckets, ...OTHER_BUCKETS.map((purpose) => names.bucket(purpose))],
    dataBuckets,
    functions: FUNCTIONS.map((purpose) => names.function(purpose)),
    /** Functions that receive data from clients. */
    ingestion: [names.function('ingestion')],
    roles: ROLES.map((purpose) => names.role(purpose)),
    instanceProfiles: [names.role('covid-instance')],
    logGroups: LOG_GROUPS.map(([service, purpose]) => names.logGroup(service, purpose)),
    stateMachines: [names.stateMachine(), names.stateMachine('covid')],
    deliveryStreams: [names.deliveryStream()],
    studios: [names.studio()],
    databases: [names.database(), names.database('covid')],
    securityConfigurations: [covid],
    keyAliases: ['covid', 'clicklogger-data', 'covid-data'].map((purpose) => `alias/${names.plain(purpose)}`),
    scheduleGroups: [covid],
    rules: [...plain(inBoth(WATCH_RULES)), covid],
    queues: plain(inBoth(['dead-letters'])),
    topics: plain(inBoth(['alerts'])),
    alarms: plain([...inBoth(WATCH_ALARMS), ...CLICK_ALARMS]),
    dashboards: plain(['clicks', 'covid']),
    workgroups: plain(['clicks', 'covid']),
    /** Name tags of VPCs and of the resources in them. */
    networks: [names.studio(), covid, names.plain('covid-logs')],
    securityGroups: GROUPS.map((purpose) => names.securityGroup(purpose)),
  };
}

function inBoth(purposes: readonly string[]): string[] {
  return PIPELINE_PREFIXES.flatMap((prefix) => purposes.map((purpose) => prefix + purpose));
}
