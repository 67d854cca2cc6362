import { EVERYTHING, resourcesOf, synthClicklogger, synthCovid, type Synthesized } from '../support/synth';

const clicks = synthClicklogger();
const covid = synthCovid(EVERYTHING);
const stacks = { clicks, covid };

/** Suffix of an ARN, after partition, region and account. */
const ending = (end: string): string => expect.stringMatching(`${end.replaceAll('/', '\\/')}$`) as string;
const role = (name: string): string => ending(`:role/clicklogger-dev-${name}-us-east-1`);
const machine = ending(':stateMachine:clicklogger-dev-covid-state-machine');
const deadLetters = { arn: ending(':clicklogger-dev-covid-dead-letters') };

/** Parameters of partition projection by day. */
const projectedBy = (key: string): unknown =>
  expect.objectContaining({
    classification: 'parquet',
    'projection.enabled': 'true',
    [`projection.${key}.type`]: 'date',
    'storage.location.template': expect.stringMatching(`/${key}=\\$\\$\\{${key}\\}/$`) as string,
  });

const workgroup = (bucket: string): Record<string, unknown> => ({
  force_destroy: true,
  configuration: {
    enforce_workgroup_configuration: true,
    bytes_scanned_cutoff_per_query: 10_000_000_000,
    result_configuration: {
      output_location: expect.stringContaining(`-${bucket}-`) as string,
      encryption_configuration: { encryption_option: 'SSE_S3' },
      expected_bucket_owner: ending('account_id}'),
    },
  },
});

/** Attributes that no other test checks: stack, resource type (one resource), attributes. */
const SETTINGS: [keyof typeof stacks, string, Record<string, unknown>][] = [
  ['clicks', 'aws_athena_workgroup', workgroup('loggregator-output')],
  ['covid', 'aws_athena_workgroup', workgroup('covid-data')],
  ['clicks', 'aws_emrserverless_application', { type: 'spark', auto_start_configuration: { enabled: true } }],
  [
    'clicks',
    'aws_kinesis_firehose_delivery_stream',
    {
      server_side_encryption: { enabled: true, key_type: 'AWS_OWNED_CMK' },
      extended_s3_configuration: {
        role_arn: role('delivery'),
        prefix: 'clicklog/data=!{timestamp:yyyy-MM-dd}/',
        error_output_prefix: 'errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/',
        buffering_interval: 60,
        buffering_size: 64,
        compression_format: 'UNCOMPRESSED',
        cloudwatch_logging_options: { log_stream_name: 'DestinationDelivery' },
        data_format_conversion_configuration: {
          input_format_configuration: { deserializer: { open_x_json_ser_de: {} } },
          output_format_configuration: { serializer: { parquet_ser_de: { compression: 'SNAPPY' } } },
          schema_configuration: { role_arn: role('delivery'), version_id: 'LATEST' },
        },
      },
    },
  ],
  [
    'clicks',
    'aws_emr_studio',
    {
      auth_mode: 'IAM',
      service_role: role('studio'),
      default_s3_location: expect.stringMatching(/-emr-studio-[^/]+\/workspaces\/$/),
    },
  ],
  ['clicks', 'aws_glue_catalog_table', { parameters: projectedBy('data') }],
  ['covid', 'aws_glue_catalog_table', { parameters: projectedBy('run_date') }],
  ['clicks', 'aws_sqs_queue', { message_retention_seconds: 1_209_600, sqs_managed_sse_enabled: true }],
  ['clicks', 'aws_sfn_state_machine', { type: 'STANDARD', role_arn: role('workflow') }],
  ['covid', 'aws_sfn_state_machine', { type: 'STANDARD', role_arn: role('covid-workflow') }],
  ['covid', 'aws_kms_key', { enable_key_rotation: true, deletion_window_in_days: 7 }],
  ['covid', 'aws_vpc', { cidr_block: '10.20.0.0/16', enable_dns_hostnames: true, enable_dns_support: true }],
  ['covid', 'aws_subnet', { cidr_block: '10.20.0.0/24' }],
  ['covid', 'aws_s3_bucket_notification', { eventbridge: true }],
  ['covid', 'aws_lakeformation_resource', { use_service_linked_role: true }],
  [
    'covid',
    'aws_scheduler_schedule',
    { target: { arn: machine, input: '{}', role_arn: role('covid-schedule') } },
  ],
];

const logs = (name: string): string => `/aws/lambda/clicklogger-dev-${name}-lambda`;

/** Function → timeout in seconds, environment variables. */
const FUNCTIONS: Record<keyof typeof stacks, [string, number, string[]][]> = {
  clicks: [
    ['ingestion', 30, ['METRIC_NAMESPACE', 'PIPELINE', 'STREAM_NAME']],
    ['job-status', 30, ['ARCHITECTURE']],
    ['notifier', 180, ['APPLICATION_ID', 'ARCHITECTURE', 'PIPELINE', 'RERUN_COMMAND', 'TOPIC_ARN']],
    ['reaper', 240, ['APPLICATION_ID', 'COMPUTE', 'EXECUTIONS', 'METRIC_NAMESPACE', 'PIPELINE']],
  ],
  covid: [
    ['covid-failure', 120, ['RERUN_COMMAND']],
    ['covid-notifier', 180, ['PIPELINE', 'RERUN_COMMAND', 'TOPIC_ARN']],
    ['covid-reaper', 240, ['COMPUTE', 'EXECUTIONS', 'METRIC_NAMESPACE', 'PIPELINE']],
  ],
};

interface Trust {
  readonly Statement: readonly {
    readonly Principal: unknown;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }[];
}

/** Role → the service that assumes it, and the source ARN of the trust policy. */
const TRUST: Record<keyof typeof stacks, [string, string, string?][]> = {
  clicks: [
    ['delivery', 'firehose'],
    ['ingestion', 'lambda'],
    ['job-status', 'lambda'],
    ['job', 'emr-serverless', ':/applications/*'],
    ['notifier', 'lambda'],
    ['reaper', 'lambda'],
    ['studio', 'elasticmapreduce', ':*'],
    ['workflow', 'states', ':stateMachine:clicklogger-dev-state-machine'],
  ],
  covid: [
    ['covid-failure', 'lambda'],
    ['covid-instance', 'ec2'],
    ['covid-notifier', 'lambda'],
    ['covid-reaper', 'lambda'],
    ['covid-schedule', 'scheduler', ':schedule-group/clicklogger-dev-covid'],
    ['covid-service', 'elasticmapreduce', ':*'],
    ['covid-upload', 'events', ':rule/clicklogger-dev-covid'],
    ['covid-workflow', 'states', ':stateMachine:clicklogger-dev-covid-state-machine'],
  ],
};

/** Bucket → expiration of objects or of noncurrent versions. */
const LIFECYCLES: Record<keyof typeof stacks, Record<string, Record<string, unknown>>> = {
  clicks: {
    DeliveryBucket: { expiration: [{ days: 365 }] },
    LogsBucket: { expiration: [{ days: 30 }] },
    OutputBucket: { noncurrent_version_expiration: [{ noncurrent_days: 30 }] },
    SourceBucket: { noncurrent_version_expiration: [{ noncurrent_days: 30 }] },
    StudioBucket: { noncurrent_version_expiration: [{ noncurrent_days: 30 }] },
  },
  covid: {
    ArtifactsBucket: { noncurrent_version_expiration: [{ noncurrent_days: 30 }] },
    DataBucket: { noncurrent_version_expiration: [{ noncurrent_days: 30 }] },
  },
};

/** Expiration of query results in a versioned bucket. */
const QUERY_RESULTS = {
  id: 'temporary',
  status: 'Enabled',
  filter: [{ prefix: 'athena/' }],
  expiration: [{ days: 7 }],
  noncurrent_version_expiration: [{ noncurrent_days: 1 }],
};

const BUCKET_SETTINGS = {
  aws_s3_bucket_server_side_encryption_configuration: {
    rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
  },
  aws_s3_bucket_public_access_block: {
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  },
  aws_s3_bucket_ownership_controls: { rule: { object_ownership: 'BucketOwnerEnforced' } },
  aws_s3_bucket_policy: {},
};

/** Security group rules: direction, group, other group or CIDR block, ports. */
const CONNECTIONS: Record<keyof typeof stacks, string[]> = {
  clicks: ['in Studio_Engine Studio_Workspace 18888', 'out Studio_Workspace Studio_Engine 18888'],
  covid: [
    'in Network_logs-access 10.20.0.0/16 443',
    'in SecurityGroups_Primary SecurityGroups_Primary all',
    'in SecurityGroups_Primary SecurityGroups_Service 8443',
    'in SecurityGroups_Primary SecurityGroups_Worker all',
    'in SecurityGroups_Service SecurityGroups_Primary 9443',
    'in SecurityGroups_Worker SecurityGroups_Primary all',
    'in SecurityGroups_Worker SecurityGroups_Service 8443',
    'in SecurityGroups_Worker SecurityGroups_Worker all',
    'out SecurityGroups_Primary Network_logs-access 443',
    'out SecurityGroups_Primary S3 443',
    'out SecurityGroups_Primary SecurityGroups_Primary all',
    'out SecurityGroups_Primary SecurityGroups_Service 9443',
    'out SecurityGroups_Primary SecurityGroups_Worker all',
    'out SecurityGroups_Service SecurityGroups_Primary 8443',
    'out SecurityGroups_Service SecurityGroups_Worker 8443',
    'out SecurityGroups_Worker Network_logs-access 443',
    'out SecurityGroups_Worker S3 443',
    'out SecurityGroups_Worker SecurityGroups_Primary all',
    'out SecurityGroups_Worker SecurityGroups_Worker all',
  ],
};

/** Construct id of a security group reference, without its hash; S3 for its prefix list; CIDR blocks are unchanged. */
const group = (reference: unknown): string =>
  String(reference)
    .replace(/^\$\{aws_security_group\.(.+)_\w+\.id\}$/, '$1')
    .replace(/^\$\{data\.aws_prefix_list\.SecurityGroups_S3_\w+\.id\}$/, 'S3');

const connections = (stack: Synthesized): string[] =>
  (['ingress', 'egress'] as const)
    .flatMap((direction) =>
      resourcesOf(stack, `aws_vpc_security_group_${direction}_rule`).map((rule) => {
        expect(rule.to_port).toBe(rule.from_port);
        const peer = group(rule.cidr_ipv4 ?? rule.prefix_list_id ?? rule.referenced_security_group_id);
        const ports = rule.ip_protocol === '-1' ? 'all' : String(rule.from_port);
        const prefix = direction === 'ingress' ? 'in' : 'out';
        return [prefix, group(rule.security_group_id), peer, ports].join(' ');
      }),
    )
    .sort();

test.each(SETTINGS)('The %s stack sets the attributes of %s.', (name, type, settings) => {
  const resources = resourcesOf(stacks[name], type);
  expect(resources).toHaveLength(1);
  expect(resources[0]).toMatchObject(settings);
});

test('The security configuration encrypts disks with the key of the stack and S3 with SSE-S3.', () => {
  const [configuration] = resourcesOf(covid, 'aws_emr_security_configuration');
  expect(JSON.parse(String(configuration!.configuration))).toEqual({
    EncryptionConfiguration: {
      EnableInTransitEncryption: false,
      EnableAtRestEncryption: true,
      AtRestEncryptionConfiguration: {
        S3EncryptionConfiguration: { EncryptionMode: 'SSE-S3' },
        LocalDiskEncryptionConfiguration: {
          EncryptionKeyProviderType: 'AwsKms',
          AwsKmsKey: expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/) as string,
          EnableEbsEncryption: true,
        },
      },
    },
  });
});

test('The upload trigger starts the state machine with its own role.', () => {
  const targets = resourcesOf(covid, 'aws_cloudwatch_event_target');
  expect(targets).toContainEqual(
    expect.objectContaining({
      arn: machine,
      role_arn: role('covid-upload'),
      dead_letter_config: deadLetters,
    }),
  );
});

test('Lake Formation grants the nodes access to the location and the table, without DROP.', () => {
  const grants = resourcesOf(covid, 'aws_lakeformation_permissions');
  expect(grants.map(({ permissions }) => permissions).sort()).toEqual([
    ['DATA_LOCATION_ACCESS'],
    ['DELETE', 'DESCRIBE', 'INSERT', 'SELECT'],
  ]);
  for (const { principal } of grants) expect(principal).toEqual(role('covid-instance'));
});

describe.each(['clicks', 'covid'] as const)('The %s stack', (name) => {
  const stack = stacks[name];

  test('sets role, log group, timeout and environment variables of each function.', () => {
    const functions = resourcesOf(stack, 'aws_lambda_function').map(
      ({ role: own, runtime, timeout, memory_size, logging_config, environment }) => ({
        role: own,
        runtime,
        timeout,
        memory_size,
        logging_config,
        variables: Object.keys((environment as { variables: object }).variables).sort(),
      }),
    );
    expect(functions).toEqual(
      FUNCTIONS[name].map(([purpose, timeout, variables]) => ({
        role: role(purpose),
        runtime: 'nodejs22.x',
        timeout,
        memory_size: 256,
        logging_config: { log_format: 'JSON', log_group: logs(purpose) },
        variables,
      })),
    );
  });

  test('has buckets that are encrypted and private, require TLS and enforce the bucket owner.', () => {
    const count = resourcesOf(stack, 'aws_s3_bucket').length;
    for (const [type, settings] of Object.entries(BUCKET_SETTINGS)) {
      const resources = resourcesOf(stack, type);
      expect(resources).toHaveLength(count);
      for (const resource of resources) expect(resource).toMatchObject(settings);
    }
    for (const { policy } of resourcesOf(stack, 'aws_s3_bucket_policy')) {
      const [deny] = (JSON.parse(String(policy)) as { Statement: { Resource: string[] }[] }).Statement;
      expect(deny).toMatchObject({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: ['s3:*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
      expect(deny!.Resource).toHaveLength(2);
    }
  });

  test('allows only the service, for this account, to assume each role.', () => {
    const trust = resourcesOf(stack, 'aws_iam_role').map(({ name: own, assume_role_policy }): unknown[] => {
      const [statement] = (JSON.parse(String(assume_role_policy)) as Trust).Statement;
      const { StringEquals: account, ArnLike: source } = statement?.Condition ?? {};
      if (!String(own).includes('-covid-instance-'))
        expect(Object.values(account ?? {})).toEqual([expect.stringContaining('account_id')]);
      const sources: unknown[] = [source?.['aws:SourceArn']].flat();
      return [own, statement?.Principal, sources[0]];
    });
    expect(trust.sort()).toEqual(
      TRUST[name].map(([purpose, service, source]) => [
        `clicklogger-dev-${purpose}-us-east-1`,
        { Service: `${service}.amazonaws.com` },
        source === undefined ? undefined : ending(source.replace('*', '\\*')),
      ]),
    );
  });

  test.each(Object.entries(LIFECYCLES[name]))('sets the lifecycle rules of %s.', (bucket, rule) => {
    const [found] = Object.entries(stack.resource.aws_s3_bucket_lifecycle_configuration ?? {}).filter(
      ([id]) => id.startsWith(`${bucket}_`),
    );
    const [all, ...temporary] = found?.[1].rule as readonly unknown[];
    expect(all).toEqual({
      id: 'expire',
      status: 'Enabled',
      filter: [{ prefix: '' }],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 2 }],
      ...rule,
    });
    expect(temporary).toEqual(['OutputBucket', 'DataBucket'].includes(bucket) ? [QUERY_RESULTS] : []);
  });

  test('allows only the traffic that EMR Studio and clusters require.', () => {
    expect(connections(stack)).toEqual(CONNECTIONS[name]);
  });
});
