import { outlineOf, type Resources, resourcesOf, synthClicklogger, type Synthesized } from '../support/synth';

const stack = synthClicklogger();

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const statementsOf = (policy: unknown): Statement[] =>
  (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;

const allowed = (from: Synthesized): Statement[] =>
  resourcesOf(from, 'aws_iam_role_policy').flatMap(({ policy }) => statementsOf(policy));

/** Ids in the tree of resources that carry nothing of a deployment. */
const everyResource = (from: Synthesized): [string, Resources[string]][] =>
  Object.entries(from.resource).flatMap(([type, resources]) =>
    Object.entries(resources).map(([id, resource]): [string, Resources[string]] => [
      `${type}.${id}`,
      resource,
    ]),
  );

describe('The clicklogger stack', () => {
  test('has these resources, and a state machine with this definition', () => {
    expect(outlineOf(stack)).toMatchSnapshot();
  });

  test('has the same ids in every stage, region and prefix', () => {
    const other = synthClicklogger({ STAGE: 'prod', AWS_REGION: 'eu-west-1', APP_PREFIX: 'shop' });
    expect(everyResource(other).map(([id]) => id)).toEqual(everyResource(stack).map(([id]) => id));
  });

  test('has five buckets, each encrypted, private, TLS only and with a life cycle', () => {
    for (const type of [
      'aws_s3_bucket',
      'aws_s3_bucket_server_side_encryption_configuration',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_ownership_controls',
      'aws_s3_bucket_lifecycle_configuration',
      'aws_s3_bucket_policy',
    ]) {
      expect([type, resourcesOf(stack, type).length]).toEqual([type, 5]);
    }
    for (const { policy } of resourcesOf(stack, 'aws_s3_bucket_policy')) {
      expect(statementsOf(policy)[0]).toMatchObject({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: ['s3:*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
    for (const block of resourcesOf(stack, 'aws_s3_bucket_public_access_block')) {
      expect(block).toMatchObject({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
    }
  });

  test('versions what cannot be made again: jars, reports, notebooks', () => {
    const versioned = Object.keys(stack.resource.aws_s3_bucket_versioning ?? {}).map(
      (id) => id.split('_')[0],
    );
    expect(versioned.sort()).toEqual(['OutputBucket', 'SourceBucket', 'StudioBucket']);
  });

  test('lets Terraform delete data only where the settings allow it', () => {
    const forced = (from: Synthesized) =>
      resourcesOf(from, 'aws_s3_bucket').map(({ force_destroy }) => force_destroy);
    expect(new Set(forced(stack))).toEqual(new Set([true]));
    expect(new Set(forced(synthClicklogger({ STAGE: 'prod' })))).toEqual(new Set([false]));
    expect(new Set(forced(synthClicklogger({ FORCE_DESTROY: 'off' })))).toEqual(new Set([false]));
  });

  test('stores a click in nine columns, found by day without a crawler', () => {
    const [table] = resourcesOf(stack, 'aws_glue_catalog_table');
    const { columns } = table!.storage_descriptor as { columns: { name: string; type: string }[] };
    expect(columns.map(({ name }) => name)).toEqual([
      'requestid',
      'contextid',
      'callerid',
      'component',
      'action',
      'type',
      'user',
      'clientip',
      'createdtime',
    ]);
    expect(table!.parameters).toMatchObject({
      classification: 'parquet',
      'projection.enabled': 'true',
      'projection.data.type': 'date',
      'storage.location.template': expect.stringMatching(/\/clicklog\/data=\$\$\{data\}\/$/) as string,
    });
  });

  test('converts to Parquet, and keeps what it cannot convert', () => {
    const [stream] = resourcesOf(stack, 'aws_kinesis_firehose_delivery_stream');
    expect(stream!.extended_s3_configuration).toMatchObject({
      prefix: 'clicklog/data=!{timestamp:yyyy-MM-dd}/',
      error_output_prefix: 'errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/',
      buffering_size: 64,
      compression_format: 'UNCOMPRESSED',
      cloudwatch_logging_options: { enabled: true },
      data_format_conversion_configuration: {
        output_format_configuration: { serializer: { parquet_ser_de: { compression: 'SNAPPY' } } },
      },
    });
  });

  test('keeps no workers warm, has a ceiling, stops when idle and needs no VPC', () => {
    const [application] = resourcesOf(stack, 'aws_emrserverless_application');
    expect(application).toMatchObject({
      architecture: 'ARM64',
      maximum_capacity: { cpu: '16 vCPU', memory: '64 GB', disk: '200 GB' },
      auto_stop_configuration: { enabled: true, idle_timeout_minutes: 5 },
    });
    expect(application).not.toHaveProperty('initial_capacity');
    expect(application).not.toHaveProperty('network_configuration');
  });

  test('takes the architecture, the ceiling and the idle time from the settings', () => {
    const [application] = resourcesOf(
      synthClicklogger({ EMR_ARCHITECTURE: 'x86_64', EMR_MAX_VCPU: '32', EMR_IDLE_MINUTES: '1' }),
      'aws_emrserverless_application',
    );
    expect(application).toMatchObject({
      architecture: 'X86_64',
      maximum_capacity: { cpu: '32 vCPU' },
      auto_stop_configuration: { idle_timeout_minutes: 1 },
    });
  });

  test('runs its Lambdas on nodejs22.x with logs of their own', () => {
    const functions = resourcesOf(stack, 'aws_lambda_function');
    expect(functions.map(({ function_name }) => function_name)).toEqual([
      'clicklogger-dev-ingestion-lambda',
      'clicklogger-dev-job-status-lambda',
      'clicklogger-dev-notifier-lambda',
      'clicklogger-dev-reaper-lambda',
    ]);
    for (const each of functions) {
      expect(each).toMatchObject({
        runtime: 'nodejs22.x',
        architectures: ['arm64'],
        handler: 'index.handler',
      });
      expect(each).not.toHaveProperty('vpc_config');
    }
  });

  test('keeps every log for a limited time, and lets no role make a log group', () => {
    const groups = resourcesOf(stack, 'aws_cloudwatch_log_group');
    expect(groups).toHaveLength(6);
    for (const group of groups) expect(group.retention_in_days).toBe(30);
    expect(allowed(stack).flatMap(({ Action }) => Action)).not.toContain('logs:CreateLogGroup');
  });

  test('tags everything with project, stage and what manages it, and with the settings’ own tags', () => {
    const tagged = synthClicklogger({ TAGS: 'owner=data,stage=other' });
    expect(tagged.provider.aws?.[0]?.default_tags).toEqual([
      { tags: { owner: 'data', project: 'clicklogger', stage: 'dev', 'managed-by': 'cdktf' } },
    ]);
  });

  test('passes a role only to the service that it is for', () => {
    const passing = allowed(stack).filter(({ Action }) => Action.includes('iam:PassRole'));
    expect(passing).toHaveLength(1);
    expect(passing[0]!.Condition).toEqual({
      StringEquals: {
        'iam:PassedToService': ['emr-serverless.amazonaws.com', 'emr-serverless.amazonaws.com.cn'],
      },
    });
    expect(passing[0]!.Resource).toEqual([expect.stringMatching(/:role\/clicklogger-dev-job-us-east-1$/)]);
  });

  test('has a wildcard resource only where the service knows no other', () => {
    const wild = allowed(stack).filter(({ Resource }) => Resource.includes('*'));
    expect(wild.map(({ Sid }) => Sid).sort()).toEqual(['DeliverExecutionLog', 'ReadNetwork']);
  });

  test('is trusted by one service a role, acting for this account', () => {
    const roles = resourcesOf(stack, 'aws_iam_role');
    expect(roles).toHaveLength(8);
    for (const { name, assume_role_policy } of roles) {
      const [trust] = statementsOf(assume_role_policy);
      const stated = String(name).includes('-delivery-') ? 'sts:ExternalId' : 'aws:SourceAccount';
      expect(Object.entries(trust!.Condition?.StringEquals ?? {})).toEqual([
        [stated, expect.stringContaining('account_id')],
      ]);
      expect(trust).not.toHaveProperty('Resource');
    }
  });

  test('lets Firehose take its role as Firehose states whom it acts for, and for our stream only', () => {
    const [delivery] = resourcesOf(stack, 'aws_iam_role').filter(({ name }) =>
      String(name).includes('-delivery-'),
    );
    const [trust] = statementsOf(delivery!.assume_role_policy);
    expect(trust!.Condition).toEqual({
      StringEquals: { 'sts:ExternalId': expect.stringContaining('account_id') as string },
      StringEqualsIfExists: { 'aws:SourceAccount': expect.stringContaining('account_id') as string },
      ArnLikeIfExists: {
        'aws:SourceArn': [
          expect.stringMatching(/:deliverystream\/clicklogger-dev-firehose-delivery-stream$/),
        ],
      },
    });
  });

  test('keeps EMR Studio to two groups and a network without a way to the internet', () => {
    expect(resourcesOf(stack, 'aws_security_group')).toHaveLength(2);
    for (const type of ['aws_nat_gateway', 'aws_internet_gateway', 'aws_eip']) {
      expect(resourcesOf(stack, type)).toEqual([]);
    }
  });

  test('keeps workspaces in a folder of the bucket', () => {
    const [studio] = resourcesOf(stack, 'aws_emr_studio');
    expect(studio!.default_s3_location).toMatch(/-emr-studio-[^/]+\/workspaces\/$/);
  });

  test('leaves out Studio, its bucket and its network when the setting says so', () => {
    const without = synthClicklogger({ STUDIO: 'off' });
    for (const type of ['aws_emr_studio', 'aws_vpc', 'aws_security_group']) {
      expect(resourcesOf(without, type)).toEqual([]);
    }
    expect(resourcesOf(without, 'aws_s3_bucket')).toHaveLength(4);
    expect(without.output).not.toHaveProperty('studio_url');
  });

  test('puts Studio into a given network instead of making one', () => {
    const given = synthClicklogger({
      VPC_ID: 'vpc-0123456789abcdef0',
      SUBNET_IDS: 'subnet-0123456789abcdef0',
    });
    expect(resourcesOf(given, 'aws_vpc')).toEqual([]);
    expect(resourcesOf(given, 'aws_emr_studio')[0]).toMatchObject({
      vpc_id: 'vpc-0123456789abcdef0',
      subnet_ids: ['subnet-0123456789abcdef0'],
    });
  });

  test('gives its outputs their own names', () => {
    expect(Object.keys(stack.output).sort()).toEqual([
      'alert_topic_arn',
      'delivery_bucket',
      'emr_application_id',
      'ingestion_function_name',
      'logs_bucket',
      'output_bucket',
      'state_machine_arn',
      'studio_url',
    ]);
  });
});

describe('The state of the stack', () => {
  const pathOf = (environment: Record<string, string>) =>
    synthClicklogger(environment).terraform.backend.local?.path;

  test('is a file of its own for each stage and region', () => {
    expect(pathOf({})).toMatch(/\.state\/clicklogger-dev-us-east-1-clicklogger\.tfstate$/);
    expect(pathOf({ STAGE: 'test' })).not.toBe(pathOf({}));
    expect(pathOf({ AWS_REGION: 'eu-west-1' })).not.toBe(pathOf({}));
  });

  test('of the local AWS is kept apart from that of AWS', () => {
    expect(pathOf({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' })).toMatch(/\.local\/state\//);
  });

  test('is encrypted and locked in the bucket that the settings name', () => {
    const { backend } = synthClicklogger({ STATE_BUCKET: 'states' }).terraform;
    expect(backend.s3).toMatchObject({ bucket: 'states', encrypt: true, use_lockfile: true });
    expect(backend).not.toHaveProperty('local');
  });
});
