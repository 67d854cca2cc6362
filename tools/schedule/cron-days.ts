import { parseNumber, parseNumbers, type FieldRange } from './cron-numbers';
import { ScheduleError } from './schedule-error';

/** A day of the calendar, without a time zone; months count from 1. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export type OnDay = (day: CalendarDay) => boolean;

/** EventBridge counts from Sunday, which is 1. */
export const WEEKDAYS: FieldRange = {
  low: 1,
  high: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};

const MONTH_DAYS: FieldRange = { low: 1, high: 31 };
const SATURDAY = 7;

/** Day-of-month: numbers, `L` for the last, `15W` for the working day nearest to the 15th, `LW` for the last of those. */
export function parseMonthDays(field: string): OnDay {
  return anyOf(field, (part) => {
    if (part === 'L') return ({ year, month, day }) => day === daysIn(year, month);
    if (part === 'LW')
      return ({ year, month, day }) => day === nearestWorkingDay(year, month, daysIn(year, month));
    if (part.endsWith('W')) {
      const wanted = parseNumber(part.slice(0, -1), MONTH_DAYS);
      return ({ year, month, day }) =>
        wanted <= daysIn(year, month) && day === nearestWorkingDay(year, month, wanted);
    }
    const days = parseNumbers(part, MONTH_DAYS);
    return ({ day }) => days.includes(day);
  });
}

/** Day-of-week: numbers or names, `6L` for the last Friday of the month, `3#2` for its second Tuesday. */
export function parseWeekdays(field: string): OnDay {
  if (field.includes('#') && field.includes(','))
    throw new ScheduleError(`"${field}" is a list: # stands alone`);
  return anyOf(field, (part) => {
    const [name = '', count] = part.split('#');
    if (count !== undefined) {
      const weekday = parseNumber(name, WEEKDAYS);
      const nth = parseNumber(count, { low: 1, high: 5 });
      return (day) => weekdayOf(day) === weekday && Math.ceil(day.day / 7) === nth;
    }
    if (part.length > 1 && part.endsWith('L')) {
      const weekday = parseNumber(part.slice(0, -1), WEEKDAYS);
      return (day) => weekdayOf(day) === weekday && day.day + 7 > daysIn(day.year, day.month);
    }
    const days = part === 'L' ? [SATURDAY] : parseNumbers(part, WEEKDAYS);
    return (day) => days.includes(weekdayOf(day));
  });
}

/** How many days a month has. */
export function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function anyOf(field: string, parse: (part: string) => OnDay): OnDay {
  const tests = field.split(',').map(parse);
  return (day) => tests.some((test) => test(day));
}

function weekdayOf({ year, month, day }: CalendarDay): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

/** Monday to Friday, nearest to `day` in the same month. */
function nearestWorkingDay(year: number, month: number, day: number): number {
  const weekday = weekdayOf({ year, month, day });
  if (weekday === SATURDAY) return day === 1 ? 3 : day - 1;
  if (weekday === 1) return day === daysIn(year, month) ? day - 2 : day + 1;
  return day;
}
