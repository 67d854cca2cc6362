import { AlertTopic } from '../constructs/alert-topic';
import { AsynchronousRetries } from '../constructs/asynchronous-retries';
import { Dashboard } from '../constructs/dashboard';
import { DeadLetterQueue } from '../constructs/dead-letter-queue';
import { FunctionTrigger } from '../constructs/function-trigger';
import { MetricAlarm } from '../constructs/metric-alarm';
import type { NodeFunction } from '../constructs/node-function';
import type { PrivateBucket } from '../constructs/private-bucket';
import { QueryWorkgroup } from '../constructs/query-workgroup';
import type { PolicyStatement } from '../constructs/support/policy-document';
import { StateMachine, type StateMachineProps } from '../constructs/state-machine';
import { tracingStatement } from '../constructs/support/tracing';
import { type Monitoring, monitorCompute, monitorDeadLetters, monitorExecutions } from './alarm-rules';
import { BaseStack } from './base-stack';
import { describeExecutions, executionsOf } from './monitoring-permissions';

/** A function that EventBridge invokes when an execution ends. */
interface Listener {
  readonly zipPath: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
}

export interface PipelineMonitoring {
  /** Name of the pipeline in messages, metrics and the tags of its clusters, e.g. `clicklogger-dev-covid`. */
  readonly pipeline: string;
  readonly stateMachineArn: string;
  readonly deadLetters: DeadLetterQueue;
  readonly rerun: string;
  readonly reaper: Listener;
  readonly notifier: Listener;
  /** Further alarms and graphs, e.g. of the data. */
  readonly sections: (listeners: {
    readonly reaper: string;
    readonly notifier: string;
  }) => readonly Monitoring[];
}

/** The reaper continues for 75 s after the end of an execution; the margin is for slow responses. */
const REAPER_SECONDS = 240;
/** The notifier waits up to 90 s for the end and the cost of a job run. */
const NOTIFIER_SECONDS = 180;

/** Delivery of events is best effort: the sweep limits how long orphaned compute is billed. */
const SWEEP = 'rate(30 minutes)';

const FAILURE_STATUSES = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/** Stack with a reaper, a notifier, a topic, alarms and a dashboard. */
export class PipelineStack extends BaseStack {
  /** Queue of events that the rules of {@link monitor} and `otherRules` could not deliver. */
  protected createDeadLetters(otherRules: readonly string[] = []): DeadLetterQueue {
    const rules = ['reap', 'sweep', 'notify'].map((purpose) => this.names.plain(this.namePrefix + purpose));
    return new DeadLetterQueue(this, 'DeadLetters', {
      queueName: this.names.plain(`${this.namePrefix}dead-letters`),
      queueArn: this.deadLettersArn(),
      key: this.dataKey,
      ruleArns: [...rules, ...otherRules].map((name) => this.ruleArn(name)),
    });
  }

  ruleArn(ruleName: string): string {
    return this.arn('events', `rule/${ruleName}`);
  }

  /** Permissions of a state machine to log and trace. */
  protected workflowLogging(): PolicyStatement[] {
    return [
      StateMachine.loggingStatement(),
      ...(this.settings.monitoring.tracing ? [tracingStatement()] : []),
    ];
  }

  protected workflowObservation(): Pick<StateMachineProps, 'logLevel' | 'traced'> {
    const { workflowLogLevel, tracing } = this.settings.monitoring;
    return { logLevel: workflowLogLevel, traced: tracing };
  }

  /** Workgroup for `npm run query`. */
  protected createQueryWorkgroup(pipeline: string, bucket: PrivateBucket): void {
    new QueryWorkgroup(this, 'Queries', {
      workgroupName: pipeline,
      description: `Queries on the table of ${pipeline}`,
      bucket,
      accountId: this.accountId,
      key: this.dataKey,
    });
  }

  protected monitor(monitored: PipelineMonitoring): void {
    const topic = this.createTopic();
    const reaper = this.createReaper(monitored);
    const notifier = this.createNotifier(monitored, topic);
    const { pipeline, stateMachineArn } = monitored;
    const sections = [
      monitorExecutions(stateMachineArn),
      ...monitored.sections({ reaper: reaper.functionName, notifier: notifier.functionName }),
      monitorCompute(this.metricNamespace(), pipeline, this.settings.monitoring.maxComputeHours),
      monitorDeadLetters(this.names.plain(`${this.namePrefix}dead-letters`)),
    ];
    for (const [name, rule] of sections.flatMap(({ alarms }) => Object.entries(alarms))) {
      new MetricAlarm(this, `alarm-${name}`, {
        alarmName: this.names.plain(this.namePrefix + name),
        rule,
        topic,
      });
    }
    new Dashboard(this, 'Dashboard', {
      dashboardName: pipeline,
      region: this.settings.region,
      graphs: sections.flatMap(({ graphs }) => graphs),
    });
    this.output('alert_topic_arn', topic.topicArn, 'Messages of alarms and of runs that have ended');
  }

  protected metricNamespace(): string {
    return `${this.settings.appPrefix}/${this.settings.stage}`;
  }

  private createTopic(): AlertTopic {
    return new AlertTopic(this, 'Alerts', {
      topicName: this.names.plain(`${this.namePrefix}alerts`),
      topicArn: this.topicArn(),
      key: this.dataKey,
      accountId: this.accountId,
      alarmArns: [this.arn('cloudwatch', `alarm:${this.settings.appPrefix}-${this.settings.stage}-*`)],
      email: this.settings.monitoring.email,
    });
  }

  private createReaper(monitored: PipelineMonitoring): NodeFunction {
    const { pipeline, stateMachineArn, deadLetters, reaper } = monitored;
    const created = this.function('Reaper', `${this.namePrefix}reaper`, {
      description: 'Ends job runs and clusters that no running execution owns',
      zipPath: reaper.zipPath,
      environment: {
        PIPELINE: pipeline,
        METRIC_NAMESPACE: this.metricNamespace(),
        EXECUTIONS: executionsOf(stateMachineArn).slice(0, -1),
        ...reaper.environment,
      },
      statements: [
        describeExecutions(stateMachineArn),
        ...reaper.statements,
        AsynchronousRetries.statement(deadLetters.queueArn),
      ],
      timeoutSeconds: REAPER_SECONDS,
    });
    new AsynchronousRetries(this, 'ReaperRetries', { function: created, deadLetters });
    this.trigger('Reap', 'reap', 'An execution has ended without success', created, monitored, {
      pattern: this.endOfExecution(stateMachineArn, FAILURE_STATUSES),
    });
    this.trigger('Sweep', 'sweep', 'Time to look for what events have missed', created, monitored, {
      schedule: SWEEP,
    });
    return created;
  }

  private createNotifier(monitored: PipelineMonitoring, topic: AlertTopic): NodeFunction {
    const { pipeline, stateMachineArn, deadLetters, notifier, rerun } = monitored;
    const created = this.function('Notifier', `${this.namePrefix}notifier`, {
      description: 'Tells how an execution has ended, why, and what it cost',
      zipPath: notifier.zipPath,
      environment: {
        PIPELINE: pipeline,
        TOPIC_ARN: topic.topicArn,
        RERUN_COMMAND: rerun,
        ...notifier.environment,
      },
      statements: [
        ...notifier.statements,
        { sid: 'PublishMessage', actions: ['sns:Publish'], resources: [topic.topicArn] },
        AsynchronousRetries.statement(deadLetters.queueArn),
      ],
      timeoutSeconds: NOTIFIER_SECONDS,
    });
    new AsynchronousRetries(this, 'NotifierRetries', { function: created, deadLetters });
    const notified = [...FAILURE_STATUSES, ...(this.settings.monitoring.notifySuccess ? ['SUCCEEDED'] : [])];
    this.trigger('Notify', 'notify', 'An execution has ended', created, monitored, {
      pattern: this.endOfExecution(stateMachineArn, notified),
    });
    return created;
  }

  private trigger(
    id: string,
    purpose: string,
    description: string,
    invoked: NodeFunction,
    { deadLetters }: PipelineMonitoring,
    when: { readonly pattern: object } | { readonly schedule: string },
  ): void {
    const ruleName = this.names.plain(this.namePrefix + purpose);
    const ruleArn = this.ruleArn(ruleName);
    new FunctionTrigger(this, id, { ruleName, ruleArn, description, when, function: invoked, deadLetters });
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
  private endOfExecution(stateMachineArn: string, status: readonly string[]): object {
    return {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [stateMachineArn], status },
    };
  }
}
