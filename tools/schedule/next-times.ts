import { Cron } from 'croner';
import { CRON_DIALECT, parseSchedule, requireTimeZone } from '../../config/schedule';

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Shifts of daylight saving time in milliseconds: half an hour on Lord Howe Island, otherwise an hour. */
const SET_BACK_MS = [1_800_000, 3_600_000];

/**
 * The next times of an EventBridge schedule after `from`, at most `count`. A time that daylight saving time skips is
 * omitted, a repeated time counts once.
 *
 * @param expression `at(…)`, `rate(…)` or `cron(…)`
 * @param anchor start of the schedule, for `rate(…)`. @default `from`
 * @throws ScheduleError when EventBridge would reject the expression or the time zone
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
    // Cron moves a skipped time behind the gap, where it does not match the expression.
    if (job.match(time) && !isRepeated(time, clock)) times.push(time);
  }
  return times;
}

function ratesAfter(interval: number, from: Date, count: number, anchor: Date): Date[] {
  const passed = Math.max(0, Math.floor((from.getTime() - anchor.getTime()) / interval));
  const first = anchor.getTime() + (passed + 1) * interval;
  return Array.from({ length: count }, (_, index) => new Date(first + index * interval));
}

/** Whether the local time has occurred before, and clocks were set back since. */
function isRepeated(time: Date, clock: Intl.DateTimeFormat): boolean {
  const shown = clock.format(time);
  return SET_BACK_MS.some((by) => clock.format(time.getTime() - by) === shown);
}
