import { EventBridge } from '@aws-sdk/client-eventbridge';
import { paginateListSchedules, Scheduler, type ScheduleSummary } from '@aws-sdk/client-scheduler';
import type { Target } from '../aws/target';
import { ignoreNotFound } from '../aws/aws-errors';

/** A schedule or rule that starts a state machine. */
export interface Trigger {
  readonly kind: 'schedule' | 'rule';
  readonly name: string;
  readonly group?: string;
  readonly enabled: boolean;
}

/** All schedules and rules that start one of the state machines. */
export async function findTriggers(target: Target, stateMachineArns: readonly string[]): Promise<Trigger[]> {
  const rules = await Promise.all(stateMachineArns.map((arn) => rulesOf(target, arn)));
  return [...(await schedulesOf(target, stateMachineArns)), ...rules.flat()];
}

async function schedulesOf(target: Target, stateMachineArns: readonly string[]): Promise<Trigger[]> {
  const found: ScheduleSummary[] = [];
  const client = target.client(Scheduler);
  for await (const { Schedules = [] } of paginateListSchedules({ client }, {})) found.push(...Schedules);
  return found.flatMap(
    ({ Name: name, GroupName: group = 'default', State, Target: destination }): Trigger[] => {
      const starts = destination?.Arn !== undefined && stateMachineArns.includes(destination.Arn);
      if (!starts || name === undefined) return [];
      return [{ kind: 'schedule', name, group, enabled: State !== 'DISABLED' }];
    },
  );
}

async function rulesOf(target: Target, TargetArn: string): Promise<Trigger[]> {
  const events = target.client(EventBridge);
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await events.listRuleNamesByTarget({ TargetArn, NextToken });
    names.push(...(page.RuleNames ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  const described = names.map(async (name): Promise<Trigger[]> => {
    const rule = await ignoreNotFound(events.describeRule({ Name: name }), 'ResourceNotFoundException');
    return rule === undefined ? [] : [{ kind: 'rule', name, enabled: rule.State !== 'DISABLED' }];
  });
  return (await Promise.all(described)).flat();
}

export async function disable(target: Target, { kind, name, group }: Trigger): Promise<void> {
  if (kind === 'rule') {
    const call = target.client(EventBridge).disableRule({ Name: name });
    await ignoreNotFound(call, 'ResourceNotFoundException');
    return;
  }
  const scheduler = target.client(Scheduler);
  const call = scheduler.getSchedule({ Name: name, GroupName: group });
  const found = await ignoreNotFound(call, 'ResourceNotFoundException');
  if (found === undefined) return;
  // UpdateSchedule replaces the whole schedule. The client omits fields that are not part of the request.
  const { ScheduleExpression, FlexibleTimeWindow, Target: destination } = found;
  const required = { Name: name, ScheduleExpression, FlexibleTimeWindow, Target: destination };
  await scheduler.updateSchedule({ ...found, ...required, State: 'DISABLED' });
}
