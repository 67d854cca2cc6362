import { EVERYTHING, outlineOf, resourcesOf, synthCovid, type Synthesized } from '../support/synth';

const stack = synthCovid();
const full = synthCovid(EVERYTHING);

/** Targets of rules that start the state machine. */
const startTargets = (from: Synthesized) =>
  resourcesOf(from, 'aws_cloudwatch_event_target').filter(({ arn: target }) =>
    String(target).includes(':stateMachine:'),
  );

describe('The covid stack', () => {
  test('has the resources and the state machine of the snapshot.', () => {
    expect(outlineOf(full)).toMatchSnapshot();
  });

  test('has no trigger by default.', () => {
    expect(resourcesOf(stack, 'aws_scheduler_schedule')).toEqual([]);
    expect(startTargets(stack)).toEqual([]);
  });

  test.each(['at(2026-03-04T05:06:07)', 'cron(0 2 * * ? *)', 'rate(1 day)'])(
    'starts the state machine on the schedule %s.',
    (expression) => {
      const scheduled = synthCovid({ COVID_SCHEDULE: expression, COVID_SCHEDULE_TIMEZONE: 'Europe/Paris' });
      expect(resourcesOf(scheduled, 'aws_scheduler_schedule')).toEqual([
        expect.objectContaining({
          schedule_expression: expression,
          schedule_expression_timezone: 'Europe/Paris',
          flexible_time_window: { mode: 'OFF' },
          target: expect.objectContaining({
            retry_policy: { maximum_event_age_in_seconds: 3600, maximum_retry_attempts: 5 },
            dead_letter_config: {
              arn: expect.stringContaining(':clicklogger-dev-covid-dead-letters') as string,
            },
          }) as object,
        }),
      ]);
      expect(startTargets(scheduled)).toEqual([]);
    },
  );

  test('starts the state machine when a file with content is created under raw/.', () => {
    const uploads = synthCovid({ COVID_ON_UPLOAD: 'on' });
    expect(startTargets(uploads)).toHaveLength(1);
    const rule = resourcesOf(uploads, 'aws_cloudwatch_event_rule').find(
      ({ name }) => name === 'clicklogger-dev-covid',
    );
    const { detail } = JSON.parse(String(rule!.event_pattern)) as { detail: { object: unknown } };
    expect(detail.object).toEqual({ key: [{ prefix: 'raw/' }], size: [{ numeric: ['>', 0] }] });
  });

  test('has no internet access, and by default no resource that is billed by the hour.', () => {
    for (const type of ['aws_nat_gateway', 'aws_internet_gateway', 'aws_eip']) {
      expect(resourcesOf(full, type)).toEqual([]);
    }
    expect(resourcesOf(stack, 'aws_vpc_endpoint')).toEqual([
      expect.objectContaining({ vpc_endpoint_type: 'Gateway' }),
    ]);
    expect(resourcesOf(stack, 'aws_subnet')[0]).toMatchObject({ map_public_ip_on_launch: false });
  });

  test('has an endpoint for CloudWatch Logs only when logs are sent to it.', () => {
    expect(
      resourcesOf(full, 'aws_vpc_endpoint')
        .map(({ vpc_endpoint_type }) => vpc_endpoint_type)
        .sort(),
    ).toEqual(['Gateway', 'Interface']);
    expect(String(resourcesOf(full, 'aws_sfn_state_machine')[0]!.definition)).toContain(
      'CloudWatchLogConfiguration',
    );
    expect(String(resourcesOf(stack, 'aws_sfn_state_machine')[0]!.definition)).not.toContain('CloudWatchLog');
  });

  test('sets the tag that the managed policy of EMR requires.', () => {
    const tag = { 'for-use-with-amazon-emr-managed-policies': 'true' };
    for (const type of ['aws_vpc', 'aws_subnet', 'aws_security_group']) {
      for (const { tags } of resourcesOf(stack, type)) expect(tags).toMatchObject(tag);
    }
  });

  test('uses an existing network.', () => {
    const given = synthCovid({ VPC_ID: 'vpc-0123456789abcdef0', SUBNET_IDS: 'subnet-0123456789abcdef0' });
    expect(resourcesOf(given, 'aws_vpc')).toEqual([]);
    expect(String(resourcesOf(given, 'aws_sfn_state_machine')[0]!.definition)).toContain(
      'subnet-0123456789abcdef0',
    );
  });

  test('creates the subnet in the Availability Zone that offers most of the instance types.', () => {
    const types = { CLUSTER_PRIMARY_TYPES: 'm5.xlarge', CLUSTER_WORKER_TYPES: 'm5.xlarge,r5.xlarge' };
    const own = JSON.stringify(synthCovid(types));
    expect(own).toContain('{"name":"instance-type","values":["m5.xlarge","r5.xlarge"]}');
    expect(own).toMatch(
      /"availability_zone":".+?length\(\[for each in data\.aws_ec2_instance_type_offerings\.Network_Offerings_\w+\.locations/,
    );
  });

  test('encrypts the disks with a customer managed key unless CLUSTER_ENCRYPTION is off.', () => {
    expect(resourcesOf(stack, 'aws_kms_key')).toHaveLength(1);
    expect(String(resourcesOf(stack, 'aws_emr_security_configuration')[0]!.configuration)).toContain(
      'EnableEbsEncryption',
    );
    const plain = synthCovid({ CLUSTER_ENCRYPTION: 'off' });
    expect(resourcesOf(plain, 'aws_kms_key')).toEqual([]);
    expect(String(resourcesOf(plain, 'aws_sfn_state_machine')[0]!.definition)).not.toContain(
      'SecurityConfiguration',
    );
  });

  test('runs all jobs of the settings.', () => {
    const two = synthCovid({ COVID_JOBS: 'covid-report,bed-trend' });
    const definition = String(resourcesOf(two, 'aws_sfn_state_machine')[0]!.definition);
    expect(definition).toContain('RunBedTrend');
    expect(resourcesOf(two, 'aws_s3_object')).toHaveLength(4);
  });

  test('has Lake Formation grants that depend on their principal, location and table.', () => {
    const addresses = (depends: unknown): string[] => [depends].flat().map(String);
    const [location] = resourcesOf(full, 'aws_lakeformation_resource');
    expect(addresses(location!.depends_on)).toEqual([expect.stringMatching(/^aws_s3_bucket\.DataBucket_/)]);
    for (const grant of resourcesOf(full, 'aws_lakeformation_permissions')) {
      const before = [...addresses(grant.depends_on), JSON.stringify(grant)].join(' ');
      expect(before).toMatch(/aws_iam_role\.InstanceRole_/);
      expect(before).toMatch(/aws_iam_role_policy\.InstanceRole_/);
      expect(before).toMatch(/aws_lakeformation_resource\.Governance_/);
      if (grant.table !== undefined) expect(before).toMatch(/aws_glue_catalog_table\.Report_/);
    }
  });
});
