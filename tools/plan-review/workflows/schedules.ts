import { describeSchedule } from '../../schedule/describe-schedule';
import { nextTimes } from '../../schedule/next-times';
import { errorMessage } from '../../cli/errors';
import { code, table } from '../markdown';
import { isHidden } from '../../terraform/plan/masking';
import { lastPart } from '../../access/held-policies';
import type { ResourceChange } from '../../terraform/plan/plan-format';
import { scheduleOf, type Schedule } from './schedule-reading';
import { nameOf, type Block, type ReviewContext, type Section } from '../section';

const TIMES = 3;

export function schedules({ changed, now }: ReviewContext): Section | undefined {
  const different = changed.filter((change) => {
    const [before, after] = sides(change);
    return JSON.stringify(before) !== JSON.stringify(after);
  });
  if (different.length === 0) return undefined;
  return {
    title: 'Schedules',
    summary: [different.length === 1 ? summarize(different[0]) : `${different.length} schedules changed`],
    blocks: different.map((change) => describe(change, now)),
  };
}

function sides({ type, before, after }: ResourceChange): [Schedule | undefined, Schedule | undefined] {
  return [scheduleOf(type, before), scheduleOf(type, after)];
}

function summarize(change: ResourceChange | undefined): string {
  if (change === undefined) return '';
  const [before, after] = sides(change);
  if (before === undefined) return `new schedule: ${words(after)}`;
  if (after === undefined) return `schedule removed: ${words(before)}`;
  return `schedule: ${words(before)} → ${words(after)}`;
}

function words(schedule: Schedule | undefined): string {
  if (schedule === undefined) return 'no schedule';
  const { expression, timezone, isEnabled } = schedule;
  const off = isEnabled ? '' : ' (disabled)';
  try {
    return `${describeSchedule(expression, timezone)}${off}`;
  } catch {
    return `${code(expression)}${off}`;
  }
}

function describe(change: ResourceChange, now: Date): Block {
  const [before, after] = sides(change);
  const target = (after ?? before)?.target;
  const starts = target === undefined ? '' : ` starts ${code(lastPart(target))}`;
  const row = (side: string, schedule: Schedule | undefined): string[] => [
    side,
    words(schedule),
    schedule === undefined ? '' : code(schedule.expression),
    schedule === undefined ? '' : times(schedule, now),
  ];
  return {
    line: `- ${code(nameOf(change))}${starts}: ${words(before)} → **${words(after)}**`,
    detail: table(
      ['', 'When', 'Expression', `Next ${TIMES} times (UTC)`],
      [row('before', before), row('after', after)],
    ),
  };
}

function times({ expression, timezone, isEnabled }: Schedule, now: Date): string {
  if (!isEnabled) return 'none: disabled';
  if (isHidden(expression) || isHidden(timezone)) return 'hidden: sensitive';
  try {
    const next = nextTimes(expression, timezone, now, TIMES);
    if (next.length === 0) return 'none: the schedule has ended';
    return next.map((time) => time.toISOString().slice(0, 16).replace('T', ' ')).join(', ');
  } catch (error) {
    return `🟥 EventBridge rejects it: ${code(errorMessage(error))}`;
  }
}
