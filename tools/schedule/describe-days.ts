import { WEEKDAYS } from './cron-days';
import { MONTHS, parseNumber } from './cron-numbers';

const WEEKDAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTH_NAMES = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const NTH = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Day-of-month and day-of-week of a valid cron expression, one of them `?`: `every day`, `on Monday to Friday`. */
export function describeDays(monthDays: string, weekdays: string): string {
  if (monthDays === '*' || weekdays === '*') return 'every day';
  if (monthDays === '?') return `on ${joinWords(weekdays.split(',').map(describeWeekday))}`;
  return `on ${joinWords(monthDays.split(',').map(describeMonthDay))} of the month`;
}

/** `in January and March`; undefined for every month. */
export function describeMonths(field: string): string | undefined {
  if (field === '*') return undefined;
  const range = { low: 1, high: 12, names: MONTHS };
  return `in ${joinWords(field.split(',').map((part) => describeSpan(part, range, MONTH_NAMES, 'month')))}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function describeWeekday(part: string): string {
  const [name = '', nth] = part.split('#');
  if (nth !== undefined) return `the ${NTH[Number(nth) - 1] ?? nth} ${weekdayName(name)} of the month`;
  if (part === 'L') return 'Saturday';
  if (part.endsWith('L')) return `the last ${weekdayName(part.slice(0, -1))} of the month`;
  return describeSpan(part, WEEKDAYS, WEEKDAY_NAMES, 'weekday');
}

function describeMonthDay(part: string): string {
  if (part === 'L') return 'the last day';
  if (part === 'LW') return 'the last working day';
  if (part.endsWith('W')) return `the working day nearest to day ${part.slice(0, -1)}`;
  return describeSpan(part, { low: 1, high: 31 }, [], 'day');
}

/** `MON-FRI` as Monday to Friday, `1/5` as every 5th day from 1. */
function describeSpan(
  part: string,
  range: Parameters<typeof parseNumber>[1],
  names: readonly string[],
  unit: string,
): string {
  const [span = '', step] = part.split('/');
  const ends = span === '*' ? [String(range.low)] : span.split('-');
  const word = (end: string): string =>
    names[parseNumber(end, range) - range.low] ?? (unit === 'day' ? `day ${end}` : end);
  const spelled = ends.map(word).join(' to ');
  return step === undefined ? spelled : `every ${ordinal(Number(step))} ${unit} from ${spelled}`;
}

function weekdayName(text: string): string {
  return WEEKDAY_NAMES[parseNumber(text, WEEKDAYS) - 1] ?? text;
}

function ordinal(number: number): string {
  const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
  return `${number}${endings[new Intl.PluralRules('en', { type: 'ordinal' }).select(number)] ?? 'th'}`;
}
