import { readPolicy } from '../support/permissions';
import { resourcesOf, synthClicklogger, synthCovid, type Synthesized } from '../support/synth';

const clicks = synthClicklogger();
const covid = synthCovid();
const stacks = [
  ['clicklogger', synthClicklogger, ''],
  ['covid', synthCovid, 'covid-'],
] as const;

const named = (from: Synthesized, type: string, name: string) =>
  resourcesOf(from, type).find((resource) => Object.values(resource).includes(name));

const alarm = (from: Synthesized, name: string) => named(from, 'aws_cloudwatch_metric_alarm', name);

const statusesOf = (from: Synthesized, rule: string): unknown => {
  const pattern = String(named(from, 'aws_cloudwatch_event_rule', rule)?.event_pattern);
  return (JSON.parse(pattern) as { detail: { status: unknown } }).detail.status;
};

describe.each(stacks)('The monitoring of the %s stack', (_, synth, prefix) => {
  const stack = synth();

  test('invokes reaper and notifier for failed executions of its state machine.', () => {
    for (const purpose of ['reap', 'notify']) {
      const rule = named(stack, 'aws_cloudwatch_event_rule', `clicklogger-dev-${prefix}${purpose}`);
      const pattern = JSON.parse(String(rule?.event_pattern)) as { detail: { stateMachineArn: string[] } };
      expect(pattern).toMatchObject({
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      });
      expect(pattern.detail.stateMachineArn).toEqual([
        expect.stringMatching(`:stateMachine:clicklogger-dev-${prefix}state-machine$`),
      ]);
    }
  });

  test('sends notifications of successful executions only with NOTIFY_SUCCESS=on.', () => {
    const notified = synth({ NOTIFY_SUCCESS: 'on' });
    expect(statusesOf(notified, `clicklogger-dev-${prefix}notify`)).toContain('SUCCEEDED');
    expect(statusesOf(notified, `clicklogger-dev-${prefix}reap`)).not.toContain('SUCCEEDED');
  });

  test('invokes the reaper every 30 minutes.', () => {
    const sweep = named(stack, 'aws_cloudwatch_event_rule', `clicklogger-dev-${prefix}sweep`);
    expect(sweep).toMatchObject({ schedule_expression: 'rate(30 minutes)' });
  });

  test('allows only its rules to invoke its functions.', () => {
    const permissions = resourcesOf(stack, 'aws_lambda_permission');
    expect(permissions).toHaveLength(3);
    for (const { principal, source_arn } of permissions) {
      expect(principal).toBe('events.amazonaws.com');
      expect(source_arn).toMatch(new RegExp(`:rule/clicklogger-dev-${prefix}(reap|sweep|notify)$`));
    }
  });

  test('sends undelivered events, and events after three failed invocations, to the dead-letter queue.', () => {
    const queue = expect.stringMatching(`:clicklogger-dev-${prefix}dead-letters$`) as string;
    const configs = resourcesOf(stack, 'aws_lambda_function_event_invoke_config');
    expect(configs).toHaveLength(2);
    for (const config of configs) {
      expect(config).toMatchObject({
        maximum_retry_attempts: 2,
        maximum_event_age_in_seconds: 3600,
        destination_config: { on_failure: { destination: queue } },
      });
    }
    const targets = resourcesOf(stack, 'aws_cloudwatch_event_target');
    expect(targets).toHaveLength(3);
    for (const target of targets) {
      expect(target.dead_letter_config).toEqual({ arn: queue });
      expect(String(target.depends_on)).toContain('aws_lambda_permission.');
    }
  });

  test('reserves no concurrency.', () => {
    for (const created of resourcesOf(stack, 'aws_lambda_function')) {
      expect(created).not.toHaveProperty('reserved_concurrent_executions');
    }
  });

  test('has alarms that notify its topic, but not of OK.', () => {
    const alarms = resourcesOf(stack, 'aws_cloudwatch_metric_alarm');
    expect(alarms.length).toBeGreaterThanOrEqual(5);
    for (const one of alarms) {
      expect(one.alarm_actions).toEqual([expect.stringMatching(/^\$\{aws_sns_topic\.Alerts_/)]);
      expect(one).not.toHaveProperty('ok_actions');
      expect(String(one.alarm_description)).toMatch(/\.$/);
    }
  });

  test('allows only alarms of this stage to publish to its topic, over TLS.', () => {
    const [topic] = resourcesOf(stack, 'aws_sns_topic');
    expect(topic).not.toHaveProperty('kms_master_key_id');
    const [policy] = resourcesOf(stack, 'aws_sns_topic_policy');
    const [deny, allow] = readPolicy(policy!.policy).Statement;
    expect(deny).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(allow).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnLike: { 'aws:SourceArn': [expect.stringMatching(/:alarm:clicklogger-dev-\*$/) as string] },
      },
    });
  });

  test('has an e-mail subscription only with ALARM_EMAIL.', () => {
    expect(resourcesOf(stack, 'aws_sns_topic_subscription')).toEqual([]);
    const [mail] = resourcesOf(synth({ ALARM_EMAIL: 'ops@example.com' }), 'aws_sns_topic_subscription');
    expect(mail).toMatchObject({ protocol: 'email', endpoint: 'ops@example.com' });
  });

  test('has a dashboard with three graphs in a row.', () => {
    const [dashboard] = resourcesOf(stack, 'aws_cloudwatch_dashboard');
    const { widgets } = JSON.parse(String(dashboard!.dashboard_body)) as {
      widgets: { x: number; y: number; properties: { metrics: unknown[] } }[];
    };
    expect(widgets.map(({ x, y }) => [x, y])).toEqual(
      widgets.map((_widget, index) => [(index % 3) * 8, Math.floor(index / 3) * 6]),
    );
    for (const { properties } of widgets) expect(properties.metrics.length).toBeGreaterThan(0);
  });

  test('enables tracing and its permissions only with XRAY=on.', () => {
    expect(JSON.stringify(stack)).not.toContain('xray:');
    const traced = synth({ XRAY: 'on' });
    for (const created of resourcesOf(traced, 'aws_lambda_function')) {
      expect(created.tracing_config).toEqual({ mode: 'Active' });
    }
    expect(resourcesOf(traced, 'aws_sfn_state_machine')[0]).toMatchObject({
      tracing_configuration: { enabled: true },
    });
    const roles = resourcesOf(traced, 'aws_lambda_function').length + 1;
    const tracing = resourcesOf(traced, 'aws_iam_role_policy').filter(({ policy }) =>
      String(policy).includes('xray:PutTraceSegments'),
    );
    expect(tracing).toHaveLength(roles);
  });

  test.each(['ERROR', 'ALL', 'OFF'])('logs executions with the level %s.', (level) => {
    const [machine] = resourcesOf(synth({ WORKFLOW_LOG_LEVEL: level }), 'aws_sfn_state_machine');
    expect(machine?.logging_configuration).toMatchObject({ level, include_execution_data: level !== 'OFF' });
  });
});

describe('Alarms', () => {
  test.each([
    ['execution-failed', 'AWS/States', 'ExecutionsFailed'],
    ['execution-timed-out', 'AWS/States', 'ExecutionsTimedOut'],
    ['firehose-freshness', 'AWS/Firehose', 'DeliveryToS3.DataFreshness'],
    ['format-conversion-failed', 'AWS/Firehose', 'FailedConversion.Records'],
    ['ingestion-errors', 'AWS/Lambda', 'Errors'],
    ['ingestion-throttles', 'AWS/Lambda', 'Throttles'],
    ['dead-letters', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
    ['compute-too-old', 'clicklogger/dev', 'OldestComputeHours'],
  ])('include %s for %s %s, without treating missing data as breaching.', (name, namespace, metric) => {
    expect(alarm(clicks, `clicklogger-dev-${name}`)).toMatchObject({
      namespace,
      metric_name: metric,
      comparison_operator: 'GreaterThanThreshold',
      treat_missing_data: 'notBreaching',
    });
  });

  test('include a day without clicks, but not after the first deployment.', () => {
    const noData = alarm(clicks, 'clicklogger-dev-no-data');
    expect(noData?.insufficient_data_actions).toEqual(noData?.alarm_actions);
    expect(noData).toMatchObject({
      metric_name: 'IncomingRecords',
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      period: 3600,
      evaluation_periods: 24,
      treat_missing_data: 'missing',
    });
    expect(alarm(synthClicklogger({ NO_DATA_HOURS: '0' }), 'clicklogger-dev-no-data')).toBeUndefined();
  });

  test('include the buffer interval of Firehose in the threshold of data freshness.', () => {
    const threshold = (seconds: string) =>
      Number(
        alarm(synthClicklogger({ FIREHOSE_BUFFER_SECONDS: seconds }), 'clicklogger-dev-firehose-freshness')
          ?.threshold,
      );
    expect(threshold('900') - threshold('60')).toBe(840);
    expect(threshold('60')).toBeGreaterThan(60);
  });

  test('include clusters that are older than MAX_COMPUTE_HOURS.', () => {
    expect(alarm(covid, 'clicklogger-dev-covid-compute-too-old')).toMatchObject({
      threshold: 6,
      dimensions: { Pipeline: 'clicklogger-dev-covid' },
    });
    const strict = synthCovid({ MAX_COMPUTE_HOURS: '2' });
    expect(alarm(strict, 'clicklogger-dev-covid-compute-too-old')).toMatchObject({ threshold: 2 });
  });
});
