import { type AlarmRule, AlarmRuleError, MetricAlarm } from '../../constructs/metric-alarm';
import { resourcesOf } from '../support/synth';
import { synthStack, topicIn } from './function-in-stack';

const rule: AlarmRule = {
  metric: {
    namespace: 'AWS/States',
    name: 'ExecutionsFailed',
    dimensions: { StateMachineArn: 'arn' },
    statistic: 'Sum',
  },
  description: 'An execution failed.',
  periodSeconds: 300,
};

function alarmOf(changes: Partial<AlarmRule>) {
  const stack = synthStack((scope) => {
    new MetricAlarm(scope, 'Alarm', {
      alarmName: 'failed',
      rule: { ...rule, ...changes },
      topic: topicIn(scope),
    });
  });
  return resourcesOf(stack, 'aws_cloudwatch_metric_alarm')[0];
}

describe('A metric alarm', () => {
  test('goes off above a threshold, after one period, and not for want of data', () => {
    expect(alarmOf({ above: 0 })).toMatchObject({
      namespace: 'AWS/States',
      metric_name: 'ExecutionsFailed',
      dimensions: { StateMachineArn: 'arn' },
      statistic: 'Sum',
      period: 300,
      evaluation_periods: 1,
      threshold: 0,
      comparison_operator: 'GreaterThanThreshold',
      treat_missing_data: 'notBreaching',
    });
  });

  test('goes off below a threshold, after some periods', () => {
    expect(alarmOf({ below: 1, periods: 24 })).toMatchObject({
      threshold: 1,
      comparison_operator: 'LessThanThreshold',
      evaluation_periods: 24,
    });
  });

  test('notifies its topic when data stop coming, where that is what it is about', () => {
    const alarm = alarmOf({ below: 1, missing: 'missing' });
    expect(alarm).toMatchObject({ treat_missing_data: 'missing' });
    expect(alarm!.insufficient_data_actions).toEqual(alarm!.alarm_actions);
  });

  test('tells its topic when it goes off, and not when it calms down', () => {
    const alarm = alarmOf({ above: 0 });
    expect(alarm!.alarm_actions).toEqual([expect.stringContaining('aws_sns_topic.')]);
    expect(alarm).not.toHaveProperty('ok_actions');
    expect(alarm).not.toHaveProperty('insufficient_data_actions');
  });

  test.each([{}, { above: 1, below: 1 }])('is refused with the thresholds %j', (changes) => {
    expect(() => alarmOf(changes)).toThrow(AlarmRuleError);
    expect(() => alarmOf(changes)).toThrow('failed');
  });
});
