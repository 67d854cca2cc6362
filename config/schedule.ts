import { Cron, type CronOptions } from 'croner';

/** Schedule expressions: EventBridge Scheduler, schedule types. */
const SCHEDULE_FORMS =
  'at(yyyy-mm-ddThh:mm:ss), rate(N minutes|hours|days) or cron of six fields (minutes hours day-of-month month day-of-week year), of which either day-of-month or day-of-week must be ?';

/** A schedule expression of EventBridge; `pattern` is the cron pattern for {@link CRON_DIALECT}. */
export type Schedule =
  | { readonly kind: 'at'; readonly time: string }
  | { readonly kind: 'rate'; readonly count: number; readonly unit: 'minute' | 'hour' | 'day' }
  | { readonly kind: 'cron'; readonly fields: readonly string[]; readonly pattern: string };

const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;
const RATE = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/;
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;
/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
const [FIRST_YEAR, LAST_YEAR] = [1970, 2199];
const CRON_FIELD = /^[0-9A-Z*,/#-]+$/i;

function isMoment(text: string): boolean {
  const moment = new Date(`${text}Z`);
  // JavaScript converts 30 February to 2 March; a valid date is unchanged.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

function isCron(fields: readonly string[]): boolean {
  const [, , dayOfMonth, , dayOfWeek] = fields;
  const stated = fields.filter((field, index) => !([2, 4].includes(index) && field === '?'));
  return stated.every((field) => CRON_FIELD.test(field)) && (dayOfMonth === '?') !== (dayOfWeek === '?');
}

/** EventBridge rejects the expression; the message contains the expression and the reason. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

/** Cron of EventBridge: weekday 1 is Sunday, and `5/10` is 5 and every 10th value after it. */
export const CRON_DIALECT = {
  alternativeWeekdays: true,
  sloppyRanges: true,
  domAndDow: true,
  mode: '7-part',
} as const satisfies CronOptions;

/** @throws ScheduleError when EventBridge Scheduler rejects the expression. */
export function parseSchedule(expression: string): Schedule {
  const [, time] = AT.exec(expression) ?? [];
  if (time !== undefined && isMoment(time)) return { kind: 'at', time };
  const [, count, unit, plural] = RATE.exec(expression) ?? [];
  if ((unit === 'minute' || unit === 'hour' || unit === 'day') && (count === '1') === (plural === '')) {
    return { kind: 'rate', count: Number(count), unit };
  }
  const [, ...fields] = CRON.exec(expression) ?? [];
  if (!isCron(fields)) throw new ScheduleError(`${expression}: expected ${SCHEDULE_FORMS}`);
  return { kind: 'cron', fields, pattern: cronPattern(expression, fields) };
}

/** The pattern with seconds; throws ScheduleError for an invalid value. */
function cronPattern(expression: string, fields: readonly string[]): string {
  const [, , , , weekdays = '?', year = '*'] = fields;
  if (weekdays.includes('#') && weekdays.includes(','))
    throw new ScheduleError(`${expression}: "${weekdays}" is a list: # must be the only item`);
  // Croner accepts 8 as Sunday.
  if (/\b8\b/.test(weekdays))
    throw new ScheduleError(`${expression}: "${weekdays}" has a weekday that is not from 1 to 7`);
  for (const [value] of year.matchAll(/\d+/g)) {
    // A step is a number of years.
    if (!year.includes(`/${value}`) && (Number(value) < FIRST_YEAR || Number(value) > LAST_YEAR))
      throw new ScheduleError(`${expression}: the year ${value} is not from ${FIRST_YEAR} to ${LAST_YEAR}`);
  }
  const pattern = `0 ${fields.with(4, weekdays.replace(/^L$/i, 'SAT')).join(' ')}`;
  try {
    new Cron(pattern, CRON_DIALECT);
    return pattern;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScheduleError(`${expression}: ${reason.replace('CronPattern: ', '')}`);
  }
}

/** Error message for an invalid schedule; undefined for `off` and for a valid schedule. */
export function scheduleProblem(text: string): string | undefined {
  try {
    if (text !== 'off') parseSchedule(text);
    return undefined;
  } catch (error) {
    if (error instanceof ScheduleError) return error.message;
    throw error;
  }
}

/** Whether `name` is a time zone of the IANA database in its exact case, which JavaScript does not check. */
export function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // An alias is valid too; JavaScript returns the current name for it.
    return /^[A-Z]/.test(name) && (timeZone === name || timeZone.toLowerCase() !== name.toLowerCase());
  } catch {
    return false;
  }
}

/** @throws ScheduleError unless `name` is a time zone of the IANA database. */
export function requireTimeZone(name: string): void {
  if (!isTimeZone(name))
    throw new ScheduleError(`"${name}" is not a time zone of the IANA database, such as Europe/Paris`);
}
