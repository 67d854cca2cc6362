import { nextTimes } from '../../schedule/next-times';
import type { Attributes, ResourceChange } from '../../terraform/plan/plan-format';
import { blocks, text } from '../section';

/** A schedule of EventBridge Scheduler, or of a rule. */
export interface Schedule {
  readonly expression: string;
  readonly timezone: string;
  readonly isEnabled: boolean;
  /** ARN; undefined when unknown, and in a rule, whose targets are separate resources. */
  readonly target: string | undefined;
}

const SCHEDULED = new Set(['aws_scheduler_schedule', 'aws_cloudwatch_event_rule']);

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

/** Scheduler invokes a target at most once a minute. */
const MAX_RUNS = DAYS * 24 * 60;

/** Average runs per day over the next week; 0 for an invalid expression. */
function runsPerDay({ expression, timezone, isEnabled }: Schedule, now: Date): number {
  if (!isEnabled) return 0;
  if (expression.startsWith('at(')) return 0;
  const end = now.getTime() + DAYS * 86_400_000;
  try {
    // In growing portions: MAX_RUNS times of a daily schedule take decades.
    for (let count = DAYS + 1; ; count *= 8) {
      const times = nextTimes(expression, timezone, now, Math.min(count, MAX_RUNS));
      const within = times.filter((time) => time.getTime() <= end).length;
      if (within < count || count >= MAX_RUNS) return within / DAYS;
    }
  } catch {
    return 0;
  }
}

/** Runs per day of each scheduled state machine, by its name. */
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
