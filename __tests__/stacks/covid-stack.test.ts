import { EVERYTHING, outlineOf, resourcesOf, synthCovid, type Synthesized } from '../support/synth';

const stack = synthCovid();
const full = synthCovid(EVERYTHING);

/** Targets of rules that start the state machine. */
const starters = (from: Synthesized) =>
  resourcesOf(from, 'aws_cloudwatch_event_target').filter(({ arn: target }) =>
    String(target).includes(':stateMachine:'),
  );

describe('The covid stack', () => {
  test('has these resources, and a state machine with this definition', () => {
    expect(outlineOf(full)).toMatchSnapshot();
  });

  test('starts by nothing but a person unless the settings say so', () => {
    expect(resourcesOf(stack, 'aws_scheduler_schedule')).toEqual([]);
    expect(starters(stack)).toEqual([]);
  });

  test.each(['at(2026-03-04T05:06:07)', 'cron(0 2 * * ? *)', 'rate(1 day)'])(
    'starts on schedule %s',
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
      expect(starters(scheduled)).toEqual([]);
    },
  );

  test('starts when a file with content arrives under raw/, and only there', () => {
    const uploads = synthCovid({ COVID_ON_UPLOAD: 'on' });
    expect(starters(uploads)).toHaveLength(1);
    const rule = resourcesOf(uploads, 'aws_cloudwatch_event_rule').find(
      ({ name }) => name === 'clicklogger-dev-covid',
    );
    const { detail } = JSON.parse(String(rule!.event_pattern)) as { detail: { object: unknown } };
    expect(detail.object).toEqual({ key: [{ prefix: 'raw/' }], size: [{ numeric: ['>', 0] }] });
  });

  test('has no way to the internet, and nothing that costs by the hour by default', () => {
    for (const type of ['aws_nat_gateway', 'aws_internet_gateway', 'aws_eip']) {
      expect(resourcesOf(full, type)).toEqual([]);
    }
    expect(resourcesOf(stack, 'aws_vpc_endpoint')).toEqual([
      expect.objectContaining({ vpc_endpoint_type: 'Gateway' }),
    ]);
    expect(resourcesOf(stack, 'aws_subnet')[0]).toMatchObject({ map_public_ip_on_launch: false });
  });

  test('opens a way to CloudWatch Logs only when logs go there', () => {
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

  test('tags what EMR’s managed policy has to find', () => {
    const tag = { 'for-use-with-amazon-emr-managed-policies': 'true' };
    for (const type of ['aws_vpc', 'aws_subnet', 'aws_security_group']) {
      for (const { tags } of resourcesOf(stack, type)) expect(tags).toMatchObject(tag);
    }
  });

  test('uses a given network instead of its own', () => {
    const given = synthCovid({ VPC_ID: 'vpc-0123456789abcdef0', SUBNET_IDS: 'subnet-0123456789abcdef0' });
    expect(resourcesOf(given, 'aws_vpc')).toEqual([]);
    expect(String(resourcesOf(given, 'aws_sfn_state_machine')[0]!.definition)).toContain(
      'subnet-0123456789abcdef0',
    );
  });

  test('puts the subnet into the zone that offers most of the cluster’s instance types', () => {
    const types = { CLUSTER_PRIMARY_TYPES: 'm5.xlarge', CLUSTER_WORKER_TYPES: 'm5.xlarge,r5.xlarge' };
    const own = JSON.stringify(synthCovid(types));
    expect(own).toContain('{"name":"instance-type","values":["m5.xlarge","r5.xlarge"]}');
    expect(own).toMatch(
      /"availability_zone":".+?length\(\[for each in data\.aws_ec2_instance_type_offerings\.Network_Offerings_\w+\.locations/,
    );
  });

  test('encrypts the disks with a key of its own unless CLUSTER_ENCRYPTION is off', () => {
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

  test('runs every job of the settings on one cluster', () => {
    const two = synthCovid({ COVID_JOBS: 'covid-report,bed-trend' });
    const definition = String(resourcesOf(two, 'aws_sfn_state_machine')[0]!.definition);
    expect(definition).toContain('RunBedTrend');
    expect(resourcesOf(two, 'aws_s3_object')).toHaveLength(4);
  });

  test('makes a grant of Lake Formation after all that it is about, and so destroys it before', () => {
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
