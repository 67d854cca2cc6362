import { NameError, Names } from '../../../config/names';
import { parseSettings, SettingsError } from '../../../config/settings';
import { expectedNames, type ExpectedNames } from '../../../tools/teardown/expected-names';
import { synthClicklogger, synthCovid, type Synthesized } from '../../support/synth';

const ACCOUNT = '123456789012';

const EVERYTHING_ON = {
  ACCESS_LOGS: 'on',
  CUSTOMER_MANAGED_KEYS: 'on',
  COVID_SCHEDULE: 'rate(1 day)',
  COVID_ON_UPLOAD: 'on',
  CLUSTER_CLOUDWATCH_LOGS: 'on',
  LAKE_FORMATION: 'on',
  ALARM_EMAIL: 'somebody@example.com',
  NOTIFY_SUCCESS: 'on',
  WORKFLOW_LOG_LEVEL: 'ALL',
  XRAY: 'on',
};

/** The name attribute of each resource type, and its list of expected names. */
const NAMED: Readonly<Record<string, readonly [attribute: string, key: keyof ExpectedNames]>> = {
  aws_athena_workgroup: ['name', 'workgroups'],
  aws_cloudwatch_dashboard: ['dashboard_name', 'dashboards'],
  aws_cloudwatch_event_rule: ['name', 'rules'],
  aws_cloudwatch_log_group: ['name', 'logGroups'],
  aws_cloudwatch_metric_alarm: ['alarm_name', 'alarms'],
  aws_emr_security_configuration: ['name', 'securityConfigurations'],
  aws_emr_studio: ['name', 'studios'],
  aws_glue_catalog_database: ['name', 'databases'],
  aws_iam_instance_profile: ['name', 'instanceProfiles'],
  aws_iam_role: ['name', 'roles'],
  aws_kinesis_firehose_delivery_stream: ['name', 'deliveryStreams'],
  aws_kms_alias: ['name', 'keyAliases'],
  aws_lambda_function: ['function_name', 'functions'],
  aws_s3_bucket: ['bucket', 'buckets'],
  aws_scheduler_schedule_group: ['name', 'scheduleGroups'],
  aws_security_group: ['name', 'securityGroups'],
  aws_sfn_state_machine: ['name', 'stateMachines'],
  aws_sns_topic: ['name', 'topics'],
  aws_sqs_queue: ['name', 'queues'],
};

/** Found by their Name tag. */
const IN_NETWORKS = ['aws_vpc', 'aws_subnet', 'aws_route_table', 'aws_vpc_endpoint'];

/** Types whose resources are deleted with their parent, and keys, which are found by their aliases. */
const PARTS = [
  /^aws_s3_(bucket_|object)/,
  /^aws_iam_role_policy/,
  /^aws_cloudwatch_(event_target|log_stream)$/,
  /^aws_glue_catalog_table$/,
  /^aws_scheduler_schedule$/,
  /^aws_lambda_(permission|function_event_invoke_config)$/,
  /^aws_(sns_topic|sqs_queue)_policy$/,
  /^aws_sns_topic_subscription$/,
  /^aws_vpc_security_group_.*_rule$/,
  /^aws_route_table_association$/,
  /^aws_kms_key$/,
  /^aws_lakeformation_/,
];

interface Found {
  readonly type: string;
  readonly resource: Readonly<Record<string, unknown>>;
}

function resourcesIn(stack: Synthesized): Found[] {
  const withAccount = JSON.stringify(stack.resource).replaceAll(
    '${data.aws_caller_identity.account.account_id}',
    ACCOUNT,
  );
  const byType = Object.entries(JSON.parse(withAccount) as Synthesized['resource']);
  return byType.flatMap(([type, resources]) =>
    Object.values(resources).map((resource) => ({ type, resource })),
  );
}

function nameTag({ resource }: Found): unknown {
  return (resource.tags as { readonly Name?: unknown } | undefined)?.Name;
}

const all = [...resourcesIn(synthClicklogger(EVERYTHING_ON)), ...resourcesIn(synthCovid(EVERYTHING_ON))];
const names = new Names(parseSettings({}), ACCOUNT);
const expected = expectedNames(names);

/** Names in the stacks that belong to one list of expected names. */
function namesFor(key: keyof ExpectedNames): unknown[] {
  if (key === 'networks') return all.filter(({ type }) => IN_NETWORKS.includes(type)).map(nameTag);
  return all.flatMap(({ type, resource }) => {
    const [attribute, belongs] = NAMED[type] ?? [];
    return belongs === key && attribute !== undefined ? [resource[attribute]] : [];
  });
}

const keys: (keyof ExpectedNames)[] = [...new Set(Object.values(NAMED).map(([, key]) => key)), 'networks'];

test.each(keys)('The expected names of %s are the names in the stacks.', (key) => {
  expect(new Set(expected[key])).toEqual(new Set(namesFor(key)));
});

test('The lookup covers all resource types of the stacks.', () => {
  const types = [...new Set(all.map(({ type }) => type))];
  const unknown = types.filter(
    (type) => !(type in NAMED) && !IN_NETWORKS.includes(type) && !PARTS.some((part) => part.test(type)),
  );
  expect(unknown).toEqual(['aws_emrserverless_application']);
});

test('The application and the clusters have the names that the lookup uses.', () => {
  const [application] = all.filter(({ type }) => type === 'aws_emrserverless_application');
  expect(application?.resource.name).toBe(names.emrApplication());
  expect(JSON.stringify(all)).toContain(`'${names.pipeline('covid')}-'`);
});

test('The buckets and functions include the buckets with data and the ingestion function.', () => {
  expect(expected.buckets).toEqual(expect.arrayContaining([...expected.dataBuckets]));
  expect(expected.functions).toEqual(expect.arrayContaining([...expected.ingestion]));
});

/** All names for `appPrefix` and `stage`; none when these settings are invalid. */
function namesOf(appPrefix: string, stage: string): string[] {
  try {
    const other = new Names(parseSettings({ APP_PREFIX: appPrefix, STAGE: stage }), ACCOUNT);
    return [...Object.values(expectedNames(other)).flat(), other.emrApplication()];
  } catch (error) {
    if (error instanceof SettingsError || error instanceof NameError) return [];
    throw error;
  }
}

test.each(['dev2', 'de', 'test', 'devcovid'])('Stage %s shares no name with stage dev.', (stage) => {
  const others = namesOf('shop', stage);
  expect(others).not.toEqual([]);
  expect(namesOf('shop', 'dev').filter((name) => others.includes(name))).toEqual([]);
});

test('No other application and stage has the same names.', () => {
  const own = namesOf('ab', 'cd');
  // A name can be split differently: `ab-cd-covid-alerts` as application `ab-cd`, stage `covid`.
  const divisions = own.flatMap((name) => {
    const parts = /ab-cd-.*/.exec(name.replaceAll('_', '-'))?.[0].split('-') ?? [];
    return parts.map((_, at) => [parts.slice(0, at).join('-'), parts[at] ?? ''] as const).slice(2);
  });
  const others = new Set(divisions.flatMap(([appPrefix, stage]) => namesOf(appPrefix, stage)));
  expect(others.size).toBeGreaterThan(100);
  expect(own.filter((name) => others.has(name))).toEqual([]);
});
