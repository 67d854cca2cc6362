import { parseCron, splitCron } from './cron';
import { describeDays, describeMonths, joinWords } from './describe-days';
import { nextTimes } from './next-times';

/** More times of day than this are told as a pattern. */
const MOST_TIMES = 4;

/**
 * A schedule in words: `every day at 06:00 (Europe/Paris)`, `every 5 minutes`, `once, on 2026-12-24 at 18:00 (UTC)`.
 *
 * @throws ScheduleError when EventBridge would refuse the expression or the time zone
 */
export function describeSchedule(expression: string, timezone: string): string {
  // Refuses what is wrong.
  nextTimes(expression, timezone, new Date(), 1);
  const rate = /^rate\((\d+) (\w+?)s?\)$/.exec(expression);
  if (rate !== null) return every(Number(rate[1]), rate[2] ?? '');
  const at = /^at\((.+)T(\d\d:\d\d):(\d\d)\)$/.exec(expression);
  if (at !== null) {
    const seconds = at[3] === '00' ? '' : `:${at[3] ?? ''}`;
    return `once, on ${at[1] ?? ''} at ${at[2] ?? ''}${seconds} (${timezone})`;
  }
  return `${describeCron(expression.slice('cron('.length, -1))} (${timezone})`;
}

function describeCron(text: string): string {
  const { minutes, hours, monthDays, months, weekdays, years } = splitCron(text);
  const days = describeDays(monthDays, weekdays);
  const when = [
    describeMonths(months),
    years === '*' ? undefined : `in ${joinWords(years.split(',')).replaceAll('-', ' to ')}`,
  ];
  const time = describeTime(text, minutes, hours);
  const frequent = time.startsWith('every') || hours === '*';
  // "every 15 minutes" says already that it is every day.
  const parts = frequent ? [time, days === 'every day' ? undefined : days] : [days, time];
  return [...parts, ...when].filter((part) => part !== undefined).join(' ');
}

function describeTime(text: string, minutes: string, hours: string): string {
  const cron = parseCron(text);
  const times = cron.hours.flatMap((hour) => cron.minutes.map((minute) => clock(hour, minute)));
  if (hours !== '*' && minutes !== '*' && times.length <= MOST_TIMES) return `at ${joinWords(times)}`;
  const step = /^(?:\*|0)\/(\d+)$/.exec(minutes)?.[1] ?? (minutes === '*' ? '1' : undefined);
  const often =
    step === undefined
      ? `at ${cron.minutes.length === 1 ? 'minute' : 'minutes'} ${joinWords(cron.minutes.map(String))}`
      : every(Number(step), 'minute');
  if (hours === '*') return step === undefined ? `${often} of every hour` : often;
  const span = /^(\d+)-(\d+)$/.exec(hours);
  if (span !== null) return `${often} from ${clock(Number(span[1]), 0)} to ${clock(Number(span[2]), 59)}`;
  return `${often} of the hours ${joinWords(cron.hours.map(String))}`;
}

function every(count: number, unit: string): string {
  return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}

function clock(hour: number, minute: number): string {
  return [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
}
