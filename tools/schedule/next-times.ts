import { Cron } from 'croner';
import { isTimeZone, parseSchedule, SCHEDULE_FORMS, type Schedule } from '../../config/schedule';
import { errorMessage } from '../cli/errors';
import { ScheduleError } from './schedule-error';

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** EventBridge's cron: weekdays from 1, which is Sunday, `5/10` for 5 and every 10th after it. */
const DIALECT = { alternativeWeekdays: true, sloppyRanges: true, domAndDow: true, mode: '7-part' } as const;

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
  const schedule = readSchedule(expression, timezone);
  if (schedule.kind === 'rate')
    return ratesAfter(schedule.count * UNIT_MS[schedule.unit], from, count, anchor);
  if (schedule.kind === 'at') return new Cron(schedule.time, { timezone }).nextRuns(count, from);
  const job = cronJob(expression, schedule.fields, timezone);
  const clock = new Intl.DateTimeFormat('en', { timeZone: timezone, timeStyle: 'short' });
  const times: Date[] = [];
  for (let time = job.nextRun(from); time !== null && times.length < count; time = job.nextRun(time)) {
    // A run that summer time leaves out comes after the gap instead, where the expression does not match.
    if (job.match(time) && !isRepeated(time, clock)) times.push(time);
  }
  return times;
}

/** The schedule that an expression states; ScheduleError when its form or the time zone is wrong. */
export function readSchedule(expression: string, timezone: string): Schedule {
  const schedule = parseSchedule(expression);
  if (schedule === undefined) throw new ScheduleError(`${expression}: expected ${SCHEDULE_FORMS}`);
  if (isTimeZone(timezone)) return schedule;
  throw new ScheduleError(`"${timezone}" is not a time zone of the IANA database, such as Europe/Paris`);
}

function cronJob(expression: string, fields: readonly string[], timezone: string): Cron {
  const weekdays = fields[4] ?? '?';
  if (weekdays.includes('#') && weekdays.includes(','))
    throw new ScheduleError(`${expression}: "${weekdays}" is a list: # stands alone`);
  // The library takes 8 for Sunday.
  if (/\b8\b/.test(weekdays))
    throw new ScheduleError(`${expression}: "${weekdays}" has a weekday that is not from 1 to 7`);
  try {
    const pattern = fields.with(4, weekdays.replace(/^L$/i, 'SAT')).join(' ');
    return new Cron(`0 ${pattern}`, { ...DIALECT, timezone });
  } catch (error) {
    throw new ScheduleError(`${expression}: ${errorMessage(error).replace('CronPattern: ', '')}`);
  }
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
