import { daysFrom, parseCron, type Cron } from './cron';
import { ScheduleError } from './schedule-error';
import { localTime, momentOf, momentOrOldOffset } from './zoned-time';

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

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
  const rate = rateMs(expression);
  if (rate !== undefined) return ratesAfter(rate, from, count, anchor);
  const cron = /^cron\((.*)\)$/.exec(expression)?.[1];
  if (cron !== undefined) return take(timesAfter(parseCron(cron), timezone, from), count);
  const moment = onceAt(expression, timezone);
  return moment > from ? [moment].slice(0, count) : [];
}

/** Milliseconds between two times of `rate(…)`; undefined for any other expression. */
function rateMs(expression: string): number | undefined {
  if (!expression.startsWith('rate(')) return undefined;
  const [, value, unit, plural] = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if ((unit !== 'minute' && unit !== 'hour' && unit !== 'day') || (value === '1') === (plural === 's')) {
    throw new ScheduleError(`${expression}: expected rate(1 minute|hour|day) or rate(N minutes|hours|days)`);
  }
  return Number(value) * UNIT_MS[unit];
}

function ratesAfter(interval: number, from: Date, count: number, anchor: Date): Date[] {
  const passed = Math.max(0, Math.floor((from.getTime() - anchor.getTime()) / interval));
  const first = anchor.getTime() + (passed + 1) * interval;
  return Array.from({ length: count }, (_, index) => new Date(first + index * interval));
}

function* timesAfter(cron: Cron, timezone: string, from: Date): Generator<Date> {
  for (const day of daysFrom(cron, localTime(from, timezone))) {
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const moment = momentOf({ ...day, hour, minute, second: 0 }, timezone);
        if (moment !== undefined && moment > from) yield moment;
      }
    }
  }
}

function take(times: Iterable<Date>, count: number): Date[] {
  const taken: Date[] = [];
  for (const time of times) {
    if (taken.length >= count) break;
    taken.push(time);
  }
  return taken;
}

function onceAt(expression: string, timezone: string): Date {
  const match = /^at\((\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\)$/.exec(expression);
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) throw unknown(expression);
  if (hour === undefined || minute === undefined || second === undefined) throw unknown(expression);
  return momentOrOldOffset({ year, month, day, hour, minute, second }, timezone);
}

function unknown(expression: string): ScheduleError {
  return new ScheduleError(
    `${expression}: expected at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(six fields)`,
  );
}
