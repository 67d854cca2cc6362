import type { State } from './states-language';
import { query } from './task-parts';

/** True when `$inputDate` is a calendar date yyyy-MM-dd. The parser of JSONata accepts 30 February. */
const IS_CALENDAR_DAY = [
  "$type($inputDate) = 'string' and $contains($inputDate, /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/) ? (",
  '$year := $number($substring($inputDate, 0, 4));',
  '$month := $number($substring($inputDate, 5, 2));',
  '$day := $number($substring($inputDate, 8, 2));',
  '$leap := ($year % 4 = 0 and $year % 100 != 0) or $year % 400 = 0;',
  '$lengths := [31, $leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];',
  '$month >= 1 and $month <= 12 and $day >= 1 and $day <= $lengths[$month - 1]',
  ') : false',
].join(' ');

/** Validates the input; continues with `next`, or fails. */
export function inputStates(next: string): Record<string, State> {
  return {
    ReadInput: {
      Type: 'Pass',
      Comment: 'InputDate, or the day on which the execution started (UTC) when the input is {}',
      Assign: {
        inputDate: query(
          "$type($states.input) = 'object' ? ($exists($states.input.InputDate) ? $states.input.InputDate : " +
            '$count($keys($states.input)) = 0 ? $substring($states.context.Execution.StartTime, 0, 10) : ' +
            "'(none; the input has ' & $join($keys($states.input), ', ') & ')') : '(none; the input is not an object)'",
        ),
        reportDate: query('$substring($states.context.Execution.StartTime, 0, 10)'),
        detailRounds: 0,
      },
      Next: 'CheckInput',
    },
    CheckInput: {
      Type: 'Choice',
      Choices: [
        { Condition: query("$inputDate = 'ALL'"), Next: next },
        { Condition: query(IS_CALENDAR_DAY), Next: next },
      ],
      Default: 'RejectInput',
    },
    RejectInput: {
      Type: 'Fail',
      Error: 'InvalidInputDate',
      Cause: query(
        "'InputDate is ' & ($type($inputDate) = 'string' ? $inputDate : $string($inputDate)) & " +
          '\': expected {"InputDate": "yyyy-MM-dd"} with a day of the calendar, {"InputDate": "ALL"}, or {} for today (UTC).\'',
      ),
    },
  };
}
