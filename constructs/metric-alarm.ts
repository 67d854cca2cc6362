import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic';

/** A metric of an alarm or a dashboard. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Maximum' | 'Average' | 'Minimum';
}

/** Condition of an alarm: above or below a threshold. */
export type AlarmRule = AlarmCondition &
  (
    | { readonly above: number; readonly below?: undefined }
    | { readonly above?: undefined; readonly below: number }
  );

interface AlarmCondition {
  readonly metric: Metric;
  /** Event and recommended action, for the recipient of the notification. */
  readonly description: string;
  /** Period of the statistic in seconds; a multiple of 60. */
  readonly periodSeconds: number;
  /**
   * Consecutive periods that must breach the threshold.
   * @default 1
   */
  readonly periods?: number;
  /**
   * Treatment of missing data. `notBreaching`: no alarm, because most services send no data when idle. `missing`: the alarm
   * changes to INSUFFICIENT_DATA and sends a notification. A new alarm is in this state and sends none.
   * @default notBreaching
   */
  readonly missing?: 'missing' | 'notBreaching';
}

export interface MetricAlarmProps {
  readonly alarmName: string;
  readonly rule: AlarmRule;
  /** Receives ALARM notifications; no OK notifications, because every new alarm changes to OK after a deployment. */
  readonly topic: AlertTopic;
}

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
