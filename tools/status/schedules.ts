import { Scheduler } from '@aws-sdk/client-scheduler';
import { stateMachineArn } from '../aws/arns';
import { findTriggers, type Trigger } from '../teardown/triggers';
import { errorMessage } from '../cli/errors';
import { describeSchedule } from '../schedule/describe-schedule';
import { nextTimes } from '../schedule/next-times';
import type { Target } from '../aws/target';

/** What starts a workflow by itself. */
export interface StartingPoint {
  readonly name: string;
  readonly enabled: boolean;
  /** When it starts one: a schedule in words, or `an event`. */
  readonly when: string;
  /** Empty when it is disabled, over or follows events. */
  readonly next: readonly Date[];
}

const MAX_TIMES = 3;

/** Every schedule and rule that starts a workflow of the stage. */
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
    // AWS may accept an expression that this code does not support.
    return { name, enabled, when: `${ScheduleExpression} (${errorMessage(error)})`, next: [] };
  }
}
