import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { SchedulerScheduleGroup } from '@cdktf/provider-aws/lib/scheduler-schedule-group';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue';
import type { ServiceRole } from './service-role';

export interface StateMachineScheduleProps {
  /** Name of the schedule and of its group. */
  readonly scheduleName: string;
  /** `at(…)`, `cron(…)` or `rate(…)`. */
  readonly expression: string;
  /** IANA time zone of `at` and `cron`. */
  readonly timeZone: string;
  readonly stateMachineArn: string;
  readonly role: ServiceRole;
  readonly deadLetters: DeadLetterQueue;
}

/** After an hour a start is not useful anymore: the next run reads the same files. */
const MAX_AGE_SECONDS = 3600;
const MAX_RETRIES = 5;

/** Schedule of EventBridge Scheduler that starts a state machine with the input `{}`. */
export class StateMachineSchedule extends Construct {
  constructor(scope: Construct, id: string, props: StateMachineScheduleProps) {
    super(scope, id);
    const group = new SchedulerScheduleGroup(this, 'Group', { name: props.scheduleName });
    new SchedulerSchedule(this, 'Resource', {
      name: props.scheduleName,
      groupName: group.name,
      scheduleExpression: props.expression,
      scheduleExpressionTimezone: props.timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: props.stateMachineArn,
        roleArn: props.role.arn,
        input: '{}',
        retryPolicy: { maximumEventAgeInSeconds: MAX_AGE_SECONDS, maximumRetryAttempts: MAX_RETRIES },
        deadLetterConfig: { arn: props.deadLetters.queueArn },
      },
      dependsOn: [...props.role.ready, props.deadLetters.resource],
    });
  }
}
