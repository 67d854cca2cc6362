import { Scheduler } from '@aws-sdk/client-scheduler';
import { stateMachineArn } from '../aws/arns';
import { findTriggers, type Trigger } from '../teardown/triggers';
import { errorMessage } from '../cli/errors';
import { describeSchedule } from '../schedule/describe-schedule';
import { nextTimes } from '../schedule/next-times';
import type { Target } from '../aws/target';

export interface StartingPoint {
  readonly name: string;
  readonly enabled: boolean;
  /** The schedule in words, or `an event`. */
  readonly when: string;
  /** Empty for rules, and for disabled or expired schedules. */
  readonly next: readonly Date[];
}

const MAX_TIMES = 3;

/** All schedules and rules that start a workflow of the stage. */
export async function findStartingPoints(target: Target, now: Date): Promise<StartingPoint[]> {
  const { names } = target;
  const machines = [names.stateMachine(), names.stateMachine('covid')];
  const triggers = await findTriggers(
    target,
    machines.map((name) => stateMachineArn(target, name)),
  );
  return Promise.all(
    triggers.map(async (trigger) =>
      trigger.kind === 'rule'
        ? { name: trigger.name, enabled: trigger.enabled, when: 'an event', next: [] }
        : describe(target, trigger, now),
    ),
  );
}

async function describe(
  target: Target,
  { name, group, enabled }: Trigger,
  now: Date,
): Promise<StartingPoint> {
  const schedule = await target.client(Scheduler).getSchedule({ Name: name, GroupName: group });
  const { ScheduleExpression = '', ScheduleExpressionTimezone = 'UTC', StartDate, CreationDate } = schedule;
  const anchor = StartDate ?? CreationDate ?? now;
  try {
    const next = enabled
      ? nextTimes(ScheduleExpression, ScheduleExpressionTimezone, now, MAX_TIMES, anchor)
      : [];
    return { name, enabled, when: describeSchedule(ScheduleExpression, ScheduleExpressionTimezone), next };
  } catch (error) {
    // AWS may accept expressions that this code does not support.
    return { name, enabled, when: `${ScheduleExpression} (${errorMessage(error)})`, next: [] };
  }
}
