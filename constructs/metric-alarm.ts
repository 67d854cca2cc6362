import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic';

/** A metric, as alarms and dashboards name it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Maximum' | 'Average' | 'Minimum';
}

/** When an alarm goes off. */
export interface AlarmRule {
  readonly metric: Metric;
  /** What has happened and what to do, for whoever gets the message. */
  readonly description: string;
  /** Seconds over which the statistic is taken; a multiple of 60. */
  readonly periodSeconds: number;
  /**
   * Periods in a row that must be beyond the threshold.
   * @default 1
   */
  readonly periods?: number;
  /** Goes off above … */
  readonly above?: number;
  /** … or below; exactly one of the two. */
  readonly below?: number;
  /**
   * What periods without data say. `notBreaching`: all is well, as most services send none while nothing happens.
   * `missing`: they are what the alarm is about. It has insufficient data then, and says so, but only after it has had some:
   * that is the state of a new alarm, and not a change.
   * @default notBreaching
   */
  readonly missing?: 'missing' | 'notBreaching';
}

export interface MetricAlarmProps {
  readonly alarmName: string;
  readonly rule: AlarmRule;
  /** Told when the alarm goes off; not when it calms down, as every new alarm does within minutes of a deployment. */
  readonly topic: AlertTopic;
}

/** A rule names no threshold, or two. */
export class AlarmRuleError extends Error {
  override readonly name = 'AlarmRuleError';
}

/** Alarm on one metric. */
export class MetricAlarm extends Construct {
  constructor(scope: Construct, id: string, { alarmName, rule, topic }: MetricAlarmProps) {
    super(scope, id);
    const { metric, periods = 1, missing = 'notBreaching' } = rule;
    new CloudwatchMetricAlarm(this, 'Resource', {
      alarmName,
      alarmDescription: rule.description,
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: { ...metric.dimensions },
      statistic: metric.statistic,
      period: rule.periodSeconds,
      evaluationPeriods: periods,
      ...threshold(alarmName, rule),
      treatMissingData: missing,
      alarmActions: [topic.resource.arn],
      ...(missing === 'missing' && { insufficientDataActions: [topic.resource.arn] }),
    });
  }
}

function threshold(
  alarmName: string,
  { above, below }: AlarmRule,
): { readonly threshold: number; readonly comparisonOperator: string } {
  if (above !== undefined && below === undefined) {
    return { threshold: above, comparisonOperator: 'GreaterThanThreshold' };
  }
  if (below !== undefined && above === undefined) {
    return { threshold: below, comparisonOperator: 'LessThanThreshold' };
  }
  throw new AlarmRuleError(`Alarm ${alarmName}: give above or below, one of the two.`);
}
