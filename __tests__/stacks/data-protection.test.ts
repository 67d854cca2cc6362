import { readPolicy } from '../support/permissions';
import { EVERYTHING, resourcesOf, synthClicklogger, synthCovid, type Synthesized } from '../support/synth';

const PROTECTED = { CUSTOMER_MANAGED_KEYS: 'on', ACCESS_LOGS: 'on' };
const off = { clicklogger: synthClicklogger(), covid: synthCovid(EVERYTHING) };
const on = { clicklogger: synthClicklogger(PROTECTED), covid: synthCovid({ ...EVERYTHING, ...PROTECTED }) };

const KEY = expect.stringMatching(/^\$\{aws_kms_key\.DataKey_\w+\.arn\}$/) as string;

/** Attributes of each resource of these types, by the first part of its id. */
function attributesOf(stack: Synthesized, type: string): [string, Readonly<Record<string, unknown>>][] {
  return Object.entries(stack.resource[type] ?? {}).map(([id, attributes]) => [
    id.replace(/_.*/, ''),
    attributes,
  ]);
}

const isAccessLogs = (id: string): boolean => id === 'AccessLogsBucket';

describe.each(['clicklogger', 'covid'] as const)('With customer managed keys the %s stack', (name) => {
  const stack = on[name];

  test('encrypts every bucket except the bucket of access logs, and every log group, topic and queue.', () => {
    for (const [id, { rule }] of attributesOf(stack, 'aws_s3_bucket_server_side_encryption_configuration'))
      expect([id, rule]).toEqual([
        id,
        isAccessLogs(id)
          ? [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }]
          : [
              {
                apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: KEY },
                bucket_key_enabled: true,
              },
            ],
      ]);
    for (const [id, group] of attributesOf(stack, 'aws_cloudwatch_log_group'))
      expect([id, group.kms_key_id]).toEqual([id, KEY]);
    expect(resourcesOf(stack, 'aws_sns_topic')[0]).toMatchObject({ kms_master_key_id: KEY });
    const [queue] = resourcesOf(stack, 'aws_sqs_queue');
    expect(queue).toMatchObject({ kms_master_key_id: KEY });
    expect(resourcesOf(stack, 'aws_athena_workgroup')[0]?.configuration).toMatchObject({
      result_configuration: { encryption_configuration: { encryption_option: 'SSE_KMS', kms_key_arn: KEY } },
    });
    expect(queue).not.toHaveProperty('sqs_managed_sse_enabled');
  });

  test('has buckets that depend on the key of their objects.', () => {
    for (const [id, { depends_on }] of attributesOf(stack, 'aws_s3_bucket'))
      expect([id, depends_on]).toEqual([
        id,
        isAccessLogs(id) ? undefined : [expect.stringMatching(/^aws_kms_key\.DataKey_\w+$/)],
      ]);
  });

  test('has a key for its log groups, its topic and its queue.', () => {
    const [key] = attributesOf(stack, 'aws_kms_key').filter(([id]) => id === 'DataKey');
    expect(key![1]).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
    const [account, ...services] = readPolicy(key![1].policy).Statement;
    expect(account).toMatchObject({
      Action: ['kms:*'],
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
    });
    const arn = (service: string, resource: string): string =>
      `arn:aws:${service}:us-east-1:123456789012:${resource}`;
    const prefix = name === 'covid' ? 'covid-' : '';
    expect(
      services.map((each) => [(each as unknown as { Principal: unknown }).Principal, each.Condition]),
    ).toEqual([
      [
        { Service: 'logs.us-east-1.amazonaws.com' },
        {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': [arn('logs', 'log-group:/aws/*/clicklogger-dev-*')],
          },
        },
      ],
      [
        { Service: 'cloudwatch.amazonaws.com' },
        {
          StringEquals: {
            'kms:EncryptionContext:aws:sns:topicArn': arn('sns', `clicklogger-dev-${prefix}alerts`),
          },
        },
      ],
      [
        { Service: 'events.amazonaws.com' },
        {
          StringEquals: {
            'kms:EncryptionContext:aws:sqs:arn': arn('sqs', `clicklogger-dev-${prefix}dead-letters`),
          },
        },
      ],
    ]);
  });

  test('stores the access logs of every bucket in a bucket that accepts only these logs.', () => {
    const buckets = attributesOf(stack, 'aws_s3_bucket').map(([id]) => id);
    const logged = attributesOf(stack, 'aws_s3_bucket_logging');
    expect(logged.map(([id]) => id).sort()).toEqual(buckets.filter((id) => !isAccessLogs(id)).sort());
    for (const [, { target_bucket }] of logged)
      expect(target_bucket).toMatch(/^\$\{aws_s3_bucket\.AccessLogsBucket_\w+\.id\}$/);
    const [target] = attributesOf(stack, 'aws_s3_bucket_policy').filter(([id]) => isAccessLogs(id));
    expect(readPolicy(target![1].policy).Statement[1]).toMatchObject({
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Action: ['s3:PutObject'],
      Condition: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::us-east-1-clicklogger-dev-*' },
      },
    });
  });

  test('has the same addresses as without the settings, except for keys and access logs.', () => {
    const addresses = (of: Synthesized): string[] =>
      Object.entries(of.resource).flatMap(([type, all]) => Object.keys(all).map((id) => `${type}.${id}`));
    const without = addresses(off[name]);
    const added = addresses(stack).filter((address) => !without.includes(address));
    expect(without.filter((address) => !addresses(stack).includes(address))).toEqual([]);
    expect(added.filter((address) => !/\.(DataKey|AccessLogsBucket)_|_AccessLog_/.test(address))).toEqual([]);
  });
});

test('With customer managed keys Firehose encrypts buffered records and files.', () => {
  expect(resourcesOf(on.clicklogger, 'aws_kinesis_firehose_delivery_stream')[0]).toMatchObject({
    server_side_encryption: { enabled: true, key_type: 'CUSTOMER_MANAGED_CMK', key_arn: KEY },
    extended_s3_configuration: { kms_key_arn: KEY },
  });
});

test('With customer managed keys the logs of job runs and clusters are encrypted, without managed persistence.', () => {
  const definition = (stack: Synthesized): string =>
    String(resourcesOf(stack, 'aws_sfn_state_machine')[0]!.definition);
  const parsed = JSON.parse(definition(on.clicklogger)) as {
    States: { StartJob: { Arguments: { ConfigurationOverrides: unknown } } };
  };
  expect(parsed.States.StartJob.Arguments.ConfigurationOverrides).toEqual({
    MonitoringConfiguration: {
      S3MonitoringConfiguration: {
        LogUri: expect.stringContaining('emr-logs') as string,
        EncryptionKeyArn: KEY,
      },
      ManagedPersistenceMonitoringConfiguration: { Enabled: false },
    },
  });
  expect(definition(on.covid)).toMatch(/"LogEncryptionKmsKeyId": "\$\{aws_kms_key\.DataKey_\w+\.arn\}"/);
  const [security] = resourcesOf(on.covid, 'aws_emr_security_configuration');
  expect(JSON.parse(String(security!.configuration))).toMatchObject({
    EncryptionConfiguration: {
      AtRestEncryptionConfiguration: {
        S3EncryptionConfiguration: { EncryptionMode: 'SSE-KMS', AwsKmsKey: KEY },
        LocalDiskEncryptionConfiguration: { AwsKmsKey: expect.stringContaining('DiskEncryption') as string },
      },
    },
  });
});

describe('The endpoint to S3', () => {
  const endpointPolicy = (stack: Synthesized) => {
    const [gateway] = resourcesOf(stack, 'aws_vpc_endpoint').filter(
      (each) => each.vpc_endpoint_type === 'Gateway',
    );
    return readPolicy(gateway!.policy).Statement;
  };
  const bucketArns = (purpose: string): string[] =>
    ['', '/*'].map((end) => `arn:aws:s3:::us-east-1-clicklogger-dev-${purpose}-123456789012${end}`);

  test.each([
    [
      'clicklogger',
      ['firehose-delivery', 'loggregator-source', 'loggregator-output', 'emr-logs', 'emr-studio'],
    ],
    ['covid', ['covid-data', 'covid-artifacts']],
  ] as const)(
    'of the %s stack allows only this account to use the buckets of the stack.',
    (name, purposes) => {
      const [own] = endpointPolicy(off[name]);
      expect(own!.Resource).toEqual(purposes.flatMap(bucketArns));
      expect(own!.Condition).toEqual({ StringEquals: { 'aws:PrincipalAccount': '123456789012' } });
    },
  );

  test.each([
    ['us-east-1', 'aws157-logs-prod'],
    ['eu-west-1', 'aws157-logs-prod-eu-west-1'],
  ])('allows a cluster in %s to use the buckets of EMR in the region.', (region, logs) => {
    const [, ...others] = endpointPolicy(synthCovid({ AWS_REGION: region }));
    expect(others.flatMap(({ Resource }) => Resource)).toEqual([
      `arn:aws:s3:::al2023-repos-${region}-de612dc2/*`,
      `arn:aws:s3:::repo.${region}.emr.amazonaws.com/*`,
      `arn:aws:s3:::${logs}/*`,
      `arn:aws:s3:::prod.${region}.appinfo.src/*`,
    ]);
    expect(others[0]!.Action).toEqual(['s3:GetObject']);
  });
});

describe('Egress', () => {
  const OWN_NETWORK = { VPC_ID: 'vpc-0123456789abcdef0', SUBNET_IDS: 'subnet-0123456789abcdef0' };
  const toAnywhere = (stack: Synthesized): string[] =>
    attributesOf(stack, 'aws_vpc_security_group_egress_rule')
      .filter(([, { cidr_ipv4 }]) => cidr_ipv4 !== undefined)
      .map(([, { description }]) => String(description));

  test.each([
    ['EMR Studio', synthClicklogger(OWN_NETWORK), ['Git repositories, wherever they are']],
    ['clusters', synthCovid(OWN_NETWORK), []],
    [
      'clusters with logs in CloudWatch',
      synthCovid({ ...EVERYTHING, ...OWN_NETWORK }),
      ['CloudWatch Logs', 'CloudWatch Logs'],
    ],
  ])(
    'of %s in an existing network is limited to known addresses where possible.',
    (_, stack, descriptions) => {
      expect(toAnywhere(stack)).toEqual(descriptions);
    },
  );
});
