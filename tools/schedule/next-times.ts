import { Cron } from 'croner';
import { CRON_DIALECT, parseSchedule, requireTimeZone } from '../../config/schedule';

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** By how much clocks are set back, in milliseconds: half an hour on Lord Howe Island, an hour everywhere else. */
const SET_BACK_MS = [1_800_000, 3_600_000];

/**
 * When a schedule of EventBridge fires next, at most `count` times, each later than `from`; fewer when it ends before.
 * A time of day that a change to summer time leaves out is skipped, one that happens twice counts once.
 *
 * @param expression `at(…)`, `rate(…)` or `cron(…)`
 * @param anchor from when `rate(…)` counts: the schedule's beginning. @default `from`
 * @throws ScheduleError when EventBridge would refuse the expression or the time zone
 */
export function nextTimes(
  expression: string,
  timezone: string,
  from: Date,
  count: number,
  anchor: Date = from,
): Date[] {
  const schedule = parseSchedule(expression);
  requireTimeZone(timezone);
  if (schedule.kind === 'rate')
    return ratesAfter(schedule.count * UNIT_MS[schedule.unit], from, count, anchor);
  if (schedule.kind === 'at') return new Cron(schedule.time, { timezone }).nextRuns(count, from);
  const job = new Cron(schedule.pattern, { ...CRON_DIALECT, timezone });
  const clock = new Intl.DateTimeFormat('en', { timeZone: timezone, timeStyle: 'short' });
  const times: Date[] = [];
  for (let time = job.nextRun(from); time !== null && times.length < count; time = job.nextRun(time)) {
    // A run that summer time leaves out comes after the gap instead, where the expression does not match.
    if (job.match(time) && !isRepeated(time, clock)) times.push(time);
  }
  return times;
}

function ratesAfter(interval: number, from: Date, count: number, anchor: Date): Date[] {
  const passed = Math.max(0, Math.floor((from.getTime() - anchor.getTime()) / interval));
  const first = anchor.getTime() + (passed + 1) * interval;
  return Array.from({ length: count }, (_, index) => new Date(first + index * interval));
}

/** Whether clocks have shown the time of day before, and were set back since. */
function isRepeated(time: Date, clock: Intl.DateTimeFormat): boolean {
  const shown = clock.format(time);
  return SET_BACK_MS.some((by) => clock.format(time.getTime() - by) === shown);
}
