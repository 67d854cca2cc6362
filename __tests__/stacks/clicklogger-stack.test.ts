import { basename } from 'node:path';
import { LOCAL } from '../../tools/cli/paths';
import type { Statement } from '../support/permissions';
import { outlineOf, resourcesOf, synthClicklogger, type Synthesized } from '../support/synth';

const stack = synthClicklogger();

const statementsOf = (policy: unknown): Statement[] =>
  (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;

const allowed = (from: Synthesized): Statement[] =>
  resourcesOf(from, 'aws_iam_role_policy').flatMap(({ policy }) => statementsOf(policy));

const addresses = (from: Synthesized): string[] =>
  Object.entries(from.resource).flatMap(([type, resources]) =>
    Object.keys(resources).map((id) => `${type}.${id}`),
  );

describe('The clicklogger stack', () => {
  test('has the resources and the state machine of the snapshot.', () => {
    expect(outlineOf(stack)).toMatchSnapshot();
  });

  test('has the same ids in every stage, region and prefix.', () => {
    const other = synthClicklogger({ STAGE: 'prod', AWS_REGION: 'eu-west-1', APP_PREFIX: 'shop' });
    expect(addresses(other)).toEqual(addresses(stack));
  });

  test('enables versioning for jars, reports and notebooks.', () => {
    const versioned = Object.keys(stack.resource.aws_s3_bucket_versioning ?? {}).map(
      (id) => id.split('_')[0],
    );
    expect(versioned.sort()).toEqual(['OutputBucket', 'SourceBucket', 'StudioBucket']);
  });

  test('allows Terraform to delete data only if the settings allow it.', () => {
    const forced = (from: Synthesized) =>
      resourcesOf(from, 'aws_s3_bucket').map(({ force_destroy }) => force_destroy);
    expect(new Set(forced(stack))).toEqual(new Set([true]));
    expect(new Set(forced(synthClicklogger({ STAGE: 'prod' })))).toEqual(new Set([false]));
    expect(new Set(forced(synthClicklogger({ FORCE_DESTROY: 'off' })))).toEqual(new Set([false]));
  });

  test('has an application without pre-initialized capacity and VPC that has a maximum and stops when idle.', () => {
    const [application] = resourcesOf(stack, 'aws_emrserverless_application');
    expect(application).toMatchObject({
      architecture: 'ARM64',
      maximum_capacity: { cpu: '16 vCPU', memory: '64 GB', disk: '200 GB' },
      auto_stop_configuration: { enabled: true, idle_timeout_minutes: 5 },
    });
    expect(application).not.toHaveProperty('initial_capacity');
    expect(application).not.toHaveProperty('network_configuration');
  });

  test('uses the architecture, the maximum capacity and the idle time of the settings.', () => {
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

  test('has log groups with retention, and no role that can create a log group.', () => {
    const groups = resourcesOf(stack, 'aws_cloudwatch_log_group');
    expect(groups).toHaveLength(6);
    for (const group of groups) expect(group.retention_in_days).toBe(30);
    expect(allowed(stack).flatMap(({ Action }) => Action)).not.toContain('logs:CreateLogGroup');
  });

  test('tags all resources with the tags of the project and of the settings.', () => {
    const tagged = synthClicklogger({ TAGS: 'owner=data,stage=other' });
    expect(tagged.provider.aws?.[0]?.default_tags).toEqual([
      { tags: { owner: 'data', project: 'clicklogger', stage: 'dev', 'managed-by': 'cdktf' } },
    ]);
  });

  test('allows Firehose to assume its role with the external id of this account, and only for the stream.', () => {
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

  test('has no EMR Studio, bucket and network for it with STUDIO=off.', () => {
    const without = synthClicklogger({ STUDIO: 'off' });
    for (const type of ['aws_emr_studio', 'aws_vpc', 'aws_security_group']) {
      expect(resourcesOf(without, type)).toEqual([]);
    }
    expect(resourcesOf(without, 'aws_s3_bucket')).toHaveLength(4);
    expect(without.output).not.toHaveProperty('studio_url');
  });

  test('creates EMR Studio in an existing network.', () => {
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
});

describe('The Terraform state', () => {
  const pathOf = (environment: Record<string, string>) =>
    synthClicklogger(environment).terraform.backend.local?.path;

  test('is a separate file for each stage and region.', () => {
    expect(pathOf({})).toMatch(/\.state\/clicklogger-dev-us-east-1-clicklogger\.tfstate$/);
    expect(pathOf({ STAGE: 'test' })).not.toBe(pathOf({}));
    expect(pathOf({ AWS_REGION: 'eu-west-1' })).not.toBe(pathOf({}));
  });

  test('of the local AWS is in a separate folder.', () => {
    const path = pathOf({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' });
    expect(path).toContain(`/${basename(LOCAL)}/state/`);
  });

  test('is encrypted and locked in the bucket of the settings.', () => {
    const { backend } = synthClicklogger({ STATE_BUCKET: 'states' }).terraform;
    expect(backend.s3).toMatchObject({ bucket: 'states', encrypt: true, use_lockfile: true });
    expect(backend).not.toHaveProperty('local');
  });
});
