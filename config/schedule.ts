/** The forms that a schedule may have: EventBridge Scheduler, schedule types. */
export const SCHEDULE_FORMS =
  'at(yyyy-mm-ddThh:mm:ss), rate(N minutes|hours|days) or cron of six fields (minutes hours day-of-month month day-of-week year), one of the two days of which must be ?';

/** A schedule of EventBridge, read as far as its form says. */
export type Schedule =
  | { readonly kind: 'at'; readonly time: string }
  | { readonly kind: 'rate'; readonly count: number; readonly unit: 'minute' | 'hour' | 'day' }
  | { readonly kind: 'cron'; readonly fields: readonly string[] };

const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;
const RATE = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/;
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;
const CRON_FIELD = /^[0-9A-Z*,/#-]+$/i;

function isMoment(text: string): boolean {
  const moment = new Date(`${text}Z`);
  // JavaScript rolls 30 February over; a moment that exists reads the same again.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

function isCron(fields: readonly string[]): boolean {
  const [, , dayOfMonth, , dayOfWeek] = fields;
  const stated = fields.filter((field, index) => !([2, 4].includes(index) && field === '?'));
  return stated.every((field) => CRON_FIELD.test(field)) && (dayOfMonth === '?') !== (dayOfWeek === '?');
}

/** What `text` says; undefined when EventBridge Scheduler would refuse its form. The values of cron are not checked. */
export function parseSchedule(text: string): Schedule | undefined {
  const [, time] = AT.exec(text) ?? [];
  if (time !== undefined) return isMoment(time) ? { kind: 'at', time } : undefined;
  const [, count, unit, plural] = RATE.exec(text) ?? [];
  if (unit === 'minute' || unit === 'hour' || unit === 'day') {
    return (count === '1') === (plural === '') ? { kind: 'rate', count: Number(count), unit } : undefined;
  }
  const [, ...fields] = CRON.exec(text) ?? [];
  return isCron(fields) ? { kind: 'cron', fields } : undefined;
}

/** Whether `text` is `off` or has a form that EventBridge Scheduler takes. */
export function isSchedule(text: string): boolean {
  return text === 'off' || parseSchedule(text) !== undefined;
}

/** Whether `name` is a time zone of the IANA database. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}
