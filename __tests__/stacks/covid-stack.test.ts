import { ACCOUNT, findMisfits, mayDo, readPolicy, type Request, rolePolicies } from '../support/permissions';
import { stableConfiguration, resourcesOf, synthCovid, type Synthesized } from '../support/synth';

const everything = {
  COVID_SCHEDULE: 'cron(0 2 * * ? *)',
  COVID_SCHEDULE_TIMEZONE: 'Europe/Paris',
  COVID_ON_UPLOAD: 'on',
  CLUSTER_CLOUDWATCH_LOGS: 'on',
  LAKE_FORMATION: 'on',
};
const stack = synthCovid();
const full = synthCovid(everything);

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
const data = `arn:aws:s3:::us-east-1-clicklogger-dev-covid-data-${ACCOUNT}`;
const artifacts = `arn:aws:s3:::us-east-1-clicklogger-dev-covid-artifacts-${ACCOUNT}`;
const role = (purpose: string): string => `arn:aws:iam::${ACCOUNT}:role/clicklogger-dev-${purpose}-us-east-1`;
const stateMachine = arn('states', 'stateMachine:clicklogger-dev-covid-state-machine');
const cluster = arn('elasticmapreduce', 'cluster/j-1');
const deadLetters = arn('sqs', 'clicklogger-dev-covid-dead-letters');
const ours = { 'elasticmapreduce:ResourceTag/pipeline': 'clicklogger-dev-covid' };
const tagged = { 'elasticmapreduce:RequestTag/pipeline': 'clicklogger-dev-covid' };
const execution = arn('states', 'execution:clicklogger-dev-covid-state-machine:x');
const ofExecution = { ...ours, 'elasticmapreduce:ResourceTag/execution': execution };
const passedTo = (service: string) => ({ 'iam:PassedToService': `${service}.amazonaws.com` });

/** Targets of rules that start the state machine. */
const starters = (from: Synthesized) =>
  resourcesOf(from, 'aws_cloudwatch_event_target').filter(({ arn: target }) =>
    String(target).includes(':stateMachine:'),
  );

const request = (action: string, resource: string, context: Record<string, string> = {}): Request => ({
  action,
  resource,
  context,
});

describe('the covid stack', () => {
  it('is what it was', () => {
    expect(stableConfiguration(full)).toMatchSnapshot();
  });

  it('starts by nothing but a person unless the settings say so', () => {
    expect(resourcesOf(stack, 'aws_scheduler_schedule')).toEqual([]);
    expect(starters(stack)).toEqual([]);
  });

  it.each(['at(2026-03-04T05:06:07)', 'cron(0 2 * * ? *)', 'rate(1 day)'])(
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

  it('starts when a file arrives under raw/, and only there', () => {
    const uploads = synthCovid({ COVID_ON_UPLOAD: 'on' });
    expect(starters(uploads)).toHaveLength(1);
    const rule = resourcesOf(uploads, 'aws_cloudwatch_event_rule').find(
      ({ name }) => name === 'clicklogger-dev-covid',
    );
    const { detail } = JSON.parse(String(rule!.event_pattern)) as { detail: { object: unknown } };
    expect(detail.object).toEqual({ key: [{ prefix: 'raw/' }] });
  });

  it('has no way to the internet, and nothing that costs by the hour by default', () => {
    for (const type of ['aws_nat_gateway', 'aws_internet_gateway', 'aws_eip']) {
      expect(resourcesOf(full, type)).toEqual([]);
    }
    expect(resourcesOf(stack, 'aws_vpc_endpoint')).toEqual([
      expect.objectContaining({ vpc_endpoint_type: 'Gateway' }),
    ]);
    expect(resourcesOf(stack, 'aws_subnet')[0]).toMatchObject({ map_public_ip_on_launch: false });
  });

  it('opens a way to CloudWatch Logs only when logs go there', () => {
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

  it('tags what EMR’s managed policy has to find', () => {
    const tag = { 'for-use-with-amazon-emr-managed-policies': 'true' };
    for (const type of ['aws_vpc', 'aws_subnet', 'aws_security_group']) {
      for (const { tags } of resourcesOf(stack, type)) expect(tags).toMatchObject(tag);
    }
  });

  it('brings EMR’s three security groups with their rules, none open to the world inwards', () => {
    expect(resourcesOf(stack, 'aws_security_group')).toHaveLength(3);
    for (const rule of resourcesOf(stack, 'aws_vpc_security_group_ingress_rule')) {
      expect(rule).toHaveProperty('referenced_security_group_id');
      expect(rule).not.toHaveProperty('cidr_ipv4');
    }
  });

  it('uses a given network instead of its own', () => {
    const given = synthCovid({ VPC_ID: 'vpc-0123456789abcdef0', SUBNET_IDS: 'subnet-0123456789abcdef0' });
    expect(resourcesOf(given, 'aws_vpc')).toEqual([]);
    expect(String(resourcesOf(given, 'aws_sfn_state_machine')[0]!.definition)).toContain(
      'subnet-0123456789abcdef0',
    );
  });

  it('encrypts the disks with a key of its own unless told not to', () => {
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

  it('runs every job of the settings on one cluster', () => {
    const two = synthCovid({ COVID_JOBS: 'covid-report,bed-trend' });
    const definition = String(resourcesOf(two, 'aws_sfn_state_machine')[0]!.definition);
    expect(definition).toContain('RunBedTrend');
    expect(resourcesOf(two, 'aws_s3_object')).toHaveLength(4);
  });

  it('hands the table to Lake Formation only when told', () => {
    expect(resourcesOf(stack, 'aws_lakeformation_resource')).toEqual([]);
    expect(resourcesOf(full, 'aws_lakeformation_permissions')).toHaveLength(2);
  });

  it('describes its results for Athena, one partition a day of run', () => {
    const [table] = resourcesOf(stack, 'aws_glue_catalog_table');
    const { columns } = table!.storage_descriptor as { columns: { name: string; type: string }[] };
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'state string',
      'month string',
      'avg_inpatient_beds double',
      'avg_icu_beds double',
      'covid_patient_rate double',
      'days_reported int',
    ]);
    expect(table!.parameters).toMatchObject({ 'projection.run_date.type': 'date' });
  });
});

/** What each role must be able to do, and what it must not. */
const matrix: Readonly<
  Record<string, { readonly may: readonly Request[]; readonly mayNot: readonly Request[] }>
> = {
  'covid-instance': {
    may: [
      request('s3:GetObject', `${data}/raw/a.csv`),
      request('s3:ListBucket', data, { 's3:prefix': 'raw/' }),
      request('s3:PutObject', `${data}/processed/t/covid_report.csv`),
      request('s3:PutObject', `${data}/rejected/t/rows.csv`),
      request('s3:DeleteObject', `${data}/curated/covid_report/x`),
      request('s3:GetObject', `${artifacts}/scripts/x.py`),
      request('s3:PutObject', `${artifacts}/logs/j-1/steps/s-1/stderr.gz`),
      request('kms:Decrypt', arn('kms', 'key/0f')),
      request('logs:PutLogEvents', arn('logs', 'log-group:/aws/emr/clicklogger-dev-covid:log-stream:s')),
    ],
    mayNot: [
      request('s3:PutObject', `${data}/raw/a.csv`),
      request('s3:DeleteObject', `${data}/raw/a.csv`),
      request('s3:PutObject', `${artifacts}/scripts/x.py`),
      request('s3:ListBucket', data, { 's3:prefix': '' }),
      request('s3:ListBucket', artifacts),
      request('ec2:RunInstances', arn('ec2', 'instance/*')),
      request('elasticmapreduce:TerminateJobFlows', cluster, ours),
    ],
  },
  'covid-service': {
    may: [
      request('iam:PassRole', role('covid-instance'), passedTo('ec2')),
      request('kms:CreateGrant', arn('kms', 'key/0f'), { 'kms:GrantIsForAWSResource': 'true' }),
    ],
    mayNot: [
      request('iam:PassRole', role('covid-instance'), passedTo('lambda')),
      request('iam:PassRole', role('covid-workflow'), passedTo('ec2')),
      request('kms:CreateGrant', arn('kms', 'key/0f'), { 'kms:GrantIsForAWSResource': 'false' }),
    ],
  },
  'covid-workflow': {
    may: [
      request('states:ListExecutions', stateMachine),
      request('s3:ListBucket', data, { 's3:prefix': 'raw/' }),
      request('elasticmapreduce:RunJobFlow', '*', tagged),
      request('elasticmapreduce:AddJobFlowSteps', cluster, ours),
      request('elasticmapreduce:TerminateJobFlows', cluster, ours),
      request('elasticmapreduce:ListClusters', '*'),
      request('iam:PassRole', role('covid-service'), passedTo('elasticmapreduce')),
      request('iam:PassRole', role('covid-instance'), passedTo('ec2')),
      request('events:PutRule', arn('events', 'rule/StepFunctionsGetEventForEMRRunJobFlowRule')),
      request('lambda:InvokeFunction', arn('lambda', 'function:clicklogger-dev-covid-failure-lambda')),
    ],
    mayNot: [
      request('elasticmapreduce:RunJobFlow', '*'),
      request('elasticmapreduce:TerminateJobFlows', cluster),
      request('elasticmapreduce:TerminateJobFlows', cluster, {
        'elasticmapreduce:ResourceTag/pipeline': 'other',
      }),
      request('elasticmapreduce:AddJobFlowSteps', cluster),
      request('s3:GetObject', `${data}/raw/a.csv`),
      request('iam:PassRole', role('covid-service'), passedTo('ec2')),
      request('iam:PassRole', role('covid-schedule'), passedTo('ec2')),
      request('events:PutRule', arn('events', 'rule/other')),
      request('states:StartExecution', stateMachine),
      request('lambda:InvokeFunction', arn('lambda', 'function:clicklogger-dev-covid-reaper-lambda')),
    ],
  },
  'covid-reaper': {
    may: [
      request('elasticmapreduce:ListClusters', '*'),
      request('elasticmapreduce:DescribeCluster', cluster, ours),
      request('elasticmapreduce:SetTerminationProtection', cluster, ofExecution),
      request('elasticmapreduce:TerminateJobFlows', cluster, ofExecution),
      request('states:DescribeExecution', execution),
      request('sqs:SendMessage', deadLetters),
    ],
    mayNot: [
      request('elasticmapreduce:DescribeCluster', cluster),
      request('elasticmapreduce:TerminateJobFlows', cluster, ours),
      request('elasticmapreduce:TerminateJobFlows', cluster, {
        ...ofExecution,
        'elasticmapreduce:ResourceTag/pipeline': 'other',
      }),
      request('elasticmapreduce:TerminateJobFlows', cluster, {
        ...ours,
        'elasticmapreduce:ResourceTag/execution': arn('states', 'execution:other:x'),
      }),
      request('elasticmapreduce:SetTerminationProtection', cluster, ours),
      request('elasticmapreduce:RunJobFlow', '*', tagged),
      request('states:StopExecution', execution),
      request('states:DescribeExecution', arn('states', 'execution:other:x')),
    ],
  },
  'covid-notifier': {
    may: [
      request('elasticmapreduce:DescribeCluster', cluster, ours),
      request('elasticmapreduce:ListInstances', cluster, ours),
      request('elasticmapreduce:ListSteps', cluster, ours),
      request('s3:GetObject', `${artifacts}/logs/j-1/steps/s-1/stderr.gz`),
      request('s3:ListBucket', artifacts),
      request('sns:Publish', arn('sns', 'clicklogger-dev-covid-alerts')),
    ],
    mayNot: [
      request('elasticmapreduce:ListSteps', cluster),
      request('elasticmapreduce:TerminateJobFlows', cluster, ofExecution),
      request('s3:GetObject', `${artifacts}/scripts/x.py`),
      request('s3:GetObject', `${data}/raw/a.csv`),
      request('sns:Publish', arn('sns', 'clicklogger-dev-alerts')),
    ],
  },
  'covid-failure': {
    may: [
      request('elasticmapreduce:DescribeCluster', cluster, ours),
      request('elasticmapreduce:ListInstances', cluster, ours),
      request('elasticmapreduce:ListSteps', cluster, ours),
      request('s3:GetObject', `${artifacts}/logs/j-1/steps/s-1/stderr.gz`),
      request('s3:ListBucket', artifacts),
      request(
        'logs:PutLogEvents',
        arn('logs', 'log-group:/aws/lambda/clicklogger-dev-covid-failure-lambda:log-stream:s'),
      ),
    ],
    mayNot: [
      request('elasticmapreduce:DescribeCluster', cluster),
      request('elasticmapreduce:ListClusters', '*'),
      request('elasticmapreduce:TerminateJobFlows', cluster, ofExecution),
      request('s3:GetObject', `${artifacts}/scripts/x.py`),
      request('s3:GetObject', `${data}/raw/a.csv`),
      request('s3:PutObject', `${artifacts}/logs/j-1/steps/s-1/stderr.gz`),
      request('sns:Publish', arn('sns', 'clicklogger-dev-covid-alerts')),
    ],
  },
  'covid-schedule': {
    may: [request('states:StartExecution', stateMachine), request('sqs:SendMessage', deadLetters)],
    mayNot: [
      request('states:StartExecution', arn('states', 'stateMachine:clicklogger-dev-state-machine')),
      request('states:StopExecution', arn('states', 'execution:clicklogger-dev-covid-state-machine:x')),
    ],
  },
  'covid-upload': {
    may: [request('states:StartExecution', stateMachine)],
    mayNot: [
      request('states:StartExecution', arn('states', 'stateMachine:other')),
      request('sqs:SendMessage', deadLetters),
    ],
  },
};

describe('permissions', () => {
  const policies = rolePolicies(full);

  it('are those of the matrix, a role for each principal', () => {
    expect(Object.keys(policies).sort()).toEqual(Object.keys(matrix).sort());
  });

  describe.each(Object.entries(matrix))('of %s', (name, { may, mayNot }) => {
    it('list actions that exist, on resources that they act on', async () => {
      expect(await findMisfits(policies[name]!)).toEqual([]);
    });

    it.each(may)('allow $action on $resource', async (allowed) => {
      expect(await mayDo(policies[name]!, allowed)).toBe(true);
    });

    it.each(mayNot)('refuse $action on $resource $context', async (denied) => {
      expect(await mayDo(policies[name]!, denied)).toBe(false);
    });
  });

  it('let EventBridge put into the queue only what rules of this stack could not deliver', () => {
    const [queue] = resourcesOf(full, 'aws_sqs_queue_policy');
    const allow = readPolicy(queue!.policy).Statement.find(({ Effect }) => Effect === 'Allow');
    expect(allow?.Condition).toEqual({
      ArnEquals: {
        'aws:SourceArn': ['covid-reap', 'covid-sweep', 'covid-notify', 'covid'].map((name) =>
          arn('events', `rule/clicklogger-dev-${name}`),
        ),
      },
    });
  });
});
