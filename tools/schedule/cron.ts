import { type CalendarDay, daysIn, type OnDay, parseMonthDays, parseWeekdays } from './cron-days';
import { MONTHS, parseNumbers } from './cron-numbers';
import { ScheduleError } from './schedule-error';

/** EventBridge's cron: six fields, of which one of the two days is `?`. */
export interface Cron {
  /** Ascending, as the other lists. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  readonly isDay: OnDay;
}

/** The fields of `cron(…)` in their order. */
export const CRON_FIELDS = ['minutes', 'hours', 'monthDays', 'months', 'weekdays', 'years'] as const;

export type CronFields = Readonly<Record<(typeof CRON_FIELDS)[number], string>>;

/** Splits what stands between the parentheses of `cron(…)`; ScheduleError unless there are six fields, one `?` for a day. */
export function splitCron(text: string): CronFields {
  const [minutes, hours, monthDays, months, weekdays, years, ...rest] = text
    .trim()
    .toUpperCase()
    .split(/\s+/);
  if (minutes === undefined || hours === undefined || monthDays === undefined || months === undefined)
    throw wrongNumber(text);
  if (weekdays === undefined || years === undefined || rest.length > 0) throw wrongNumber(text);
  if ((monthDays === '?') === (weekdays === '?')) {
    throw new ScheduleError(`cron(${text}): exactly one of day-of-month and day-of-week must be ?`);
  }
  return { minutes, hours, monthDays, months, weekdays, years };
}

/** Reads the fields; ScheduleError names the one that is wrong. */
export function parseCron(text: string): Cron {
  const { minutes, hours, monthDays, months, weekdays, years } = splitCron(text);
  return {
    minutes: parseNumbers(minutes, { low: 0, high: 59 }),
    hours: parseNumbers(hours, { low: 0, high: 23 }),
    months: parseNumbers(months, { low: 1, high: 12, names: MONTHS }),
    years: parseNumbers(years, { low: 1970, high: 2199 }),
    isDay: weekdays === '?' ? parseMonthDays(monthDays) : parseWeekdays(weekdays),
  };
}

/** The days on which it fires, from `first` on, without end before the last year. */
export function* daysFrom({ months, years, isDay }: Cron, first: CalendarDay): Generator<CalendarDay> {
  for (const year of years.filter((candidate) => candidate >= first.year)) {
    for (const month of months) {
      if (year === first.year && month < first.month) continue;
      const start = year === first.year && month === first.month ? first.day : 1;
      for (let day = start; day <= daysIn(year, month); day += 1) {
        if (isDay({ year, month, day })) yield { year, month, day };
      }
    }
  }
}

function wrongNumber(text: string): ScheduleError {
  return new ScheduleError(
    `cron(${text}): expected six fields: minutes hours day-of-month month day-of-week year`,
  );
}
