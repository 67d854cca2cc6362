import { ScheduleError } from './schedule-error';

/** What a field of a cron expression may hold. */
export interface FieldRange {
  readonly low: number;
  readonly high: number;
  /** Words for numbers, the first for `low`. */
  readonly names?: readonly string[];
}

export const MONTHS: readonly string[] = [
  ...['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN'],
  ...['JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
];

/** Numbers of a field with `*`, lists, ranges and steps, ascending; ScheduleError for anything else. */
export function parseNumbers(field: string, range: FieldRange): number[] {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [, span = '', step] = /^([^/]*)(?:\/([1-9]\d*))?$/.exec(part) ?? [];
    if (span === '') throw new ScheduleError(`"${part}" in "${field}" is no number, range or step`);
    const [start, end] = boundsOf(span, step !== undefined, range);
    if (start > end) throw new ScheduleError(`"${part}" in "${field}" ends before it begins`);
    for (let number = start; number <= end; number += Number(step ?? 1)) found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

/** A number or a name of the field; ScheduleError when it is neither. */
export function parseNumber(text: string, { low, high, names = [] }: FieldRange): number {
  const named = names.indexOf(text);
  const number = named >= 0 ? low + named : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= low && number <= high) return number;
  throw new ScheduleError(`"${text}" is not from ${low} to ${high}`);
}

/** `5/10` goes to the end of the field, `5` does not. */
function boundsOf(span: string, hasStep: boolean, range: FieldRange): readonly [number, number] {
  if (span === '*') return [range.low, range.high];
  const [first = '', last, ...rest] = span.split('-');
  if (rest.length > 0) throw new ScheduleError(`"${span}" is no range`);
  const start = parseNumber(first, range);
  if (last !== undefined) return [start, parseNumber(last, range)];
  return [start, hasStep ? range.high : start];
}
