import { nextTimes } from '../../schedule/next-times';
import type { Attributes, ResourceChange } from '../../terraform/plan/plan-format';
import { blocks, text } from '../section';

/** A schedule of EventBridge: of Scheduler, or of a rule. */
export interface Schedule {
  readonly expression: string;
  readonly timezone: string;
  readonly isEnabled: boolean;
  /** ARN of what it starts; undefined in a rule, whose targets are resources of their own, and when not known. */
  readonly target: string | undefined;
}

const SCHEDULED = new Set(['aws_scheduler_schedule', 'aws_cloudwatch_event_rule']);

/** The schedule that a resource has; undefined when it has none. */
export function scheduleOf(type: string, attributes: Attributes | undefined): Schedule | undefined {
  const expression = text(attributes, 'schedule_expression');
  if (!SCHEDULED.has(type) || expression === undefined) return undefined;
  return {
    expression,
    timezone: text(attributes, 'schedule_expression_timezone') ?? 'UTC',
    isEnabled: !(text(attributes, 'state') ?? 'ENABLED').startsWith('DISABLED'),
    target: text(blocks(attributes?.target)[0], 'arn'),
  };
}

const DAYS = 7;

/** More runs a day than this are not counted one by one: Scheduler fires at most once a minute. */
const MAX_RUNS = DAYS * 24 * 60;

/** How often a day a schedule starts what it starts, over the coming week; 0 when EventBridge would refuse it. */
function runsPerDay({ expression, timezone, isEnabled }: Schedule, now: Date): number {
  if (!isEnabled) return 0;
  // Once is not every day.
  if (expression.startsWith('at(')) return 0;
  const end = now.getTime() + DAYS * 86_400_000;
  try {
    // A daily schedule would be followed through decades, were all that fit into a week asked for at once.
    for (let asked = DAYS + 1; ; asked *= 8) {
      const times = nextTimes(expression, timezone, now, Math.min(asked, MAX_RUNS));
      const within = times.filter((time) => time.getTime() <= end).length;
      if (within < asked || asked >= MAX_RUNS) return within / DAYS;
    }
  } catch {
    return 0;
  }
}

/** How often a day the schedules of a plan start each state machine, by its name; none where there is no schedule. */
export function startsPerDay(
  all: readonly ResourceChange[],
  side: 'before' | 'after',
  now: Date,
): ReadonlyMap<string, number> {
  const runs = new Map<string, number>();
  for (const change of all) {
    const schedule = scheduleOf(change.type, change[side]);
    const machine = /:stateMachine:(.+)$/.exec(schedule?.target ?? '')?.[1];
    if (schedule !== undefined && machine !== undefined)
      runs.set(machine, (runs.get(machine) ?? 0) + runsPerDay(schedule, now));
  }
  return runs;
}
