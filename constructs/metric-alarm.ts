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

/** When an alarm is raised: above or below a threshold. */
export type AlarmRule = AlarmCondition &
  (
    | { readonly above: number; readonly below?: undefined }
    | { readonly above?: undefined; readonly below: number }
  );

interface AlarmCondition {
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
  /**
   * What periods without data mean. `notBreaching`: no alarm, as most services send none while nothing happens. `missing`:
   * the alarm is about them. It has insufficient data then, and reports that, but only after it has had some: that is the
   * state of a new alarm, and not a change.
   * @default notBreaching
   */
  readonly missing?: 'missing' | 'notBreaching';
}

export interface MetricAlarmProps {
  readonly alarmName: string;
  readonly rule: AlarmRule;
  /** Gets a message when the alarm is raised; not when it ends, as every new alarm does within minutes of a deployment. */
  readonly topic: AlertTopic;
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
      threshold: rule.above ?? rule.below,
      comparisonOperator: rule.above === undefined ? 'LessThanThreshold' : 'GreaterThanThreshold',
      treatMissingData: missing,
      alarmActions: [topic.resource.arn],
      ...(missing === 'missing' && { insufficientDataActions: [topic.resource.arn] }),
    });
  }
}
