/** The forms that a schedule may have: EventBridge Scheduler, schedule types. */
export const SCHEDULE_FORMS =
  'expected off, at(yyyy-mm-ddThh:mm:ss), rate(N minutes|hours|days) or cron(minutes hours day-of-month month day-of-week year) with ? for one of the two days';

const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;
const RATE = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/;
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;
const CRON_FIELD = /^[0-9A-Z*?,/#-]+$/;

function isMoment(text: string): boolean {
  const moment = new Date(`${text}Z`);
  // JavaScript rolls 30 February over; a moment that exists reads the same again.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

function isRate([, count, , plural]: RegExpExecArray): boolean {
  return (count === '1') === (plural === '');
}

function isCron([, ...fields]: RegExpExecArray): boolean {
  const [, , dayOfMonth, , dayOfWeek] = fields;
  return fields.every((field) => CRON_FIELD.test(field)) && (dayOfMonth === '?') !== (dayOfWeek === '?');
}

/** Whether `text` is `off` or an expression that EventBridge Scheduler takes. */
export function isSchedule(text: string): boolean {
  if (text === 'off') return true;
  const [at, rate, cron] = [AT.exec(text), RATE.exec(text), CRON.exec(text)];
  return (
    (at !== null && isMoment(at[1] ?? '')) ||
    (rate !== null && isRate(rate)) ||
    (cron !== null && isCron(cron))
  );
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
