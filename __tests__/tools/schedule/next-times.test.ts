import { ScheduleError } from '../../../config/schedule';
import { nextTimes } from '../../../tools/schedule/next-times';
const NEW_YORK = 'America/New_York';

/** `2026-11-21 00:00` of UTC. */
const utc = (text: string): Date => new Date(`${text.replace(' ', 'T')}:00Z`);

function times(expression: string, from: string, count: number, timezone = 'UTC'): string[] {
  return nextTimes(expression, timezone, utc(from), count).map((time) =>
    time.toISOString().slice(0, 16).replace('T', ' '),
  );
}

describe('cron()', () => {
  test.each([
    ['cron(0 10 * * ? *)', ['2026-11-21 10:00', '2026-11-22 10:00']],
    ['cron(15 12 ? * 1 *)', ['2026-11-22 12:15', '2026-11-29 12:15']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-11-23 18:00', '2026-11-24 18:00']],
    ['cron(0/15 8,20 ? * sat *)', ['2026-11-21 08:00', '2026-11-21 08:15']],
    ['cron(1-59/29 0 ? * 7 *)', ['2026-11-21 00:01', '2026-11-21 00:30']],
    ['cron(30 0 1 jan ? *)', ['2027-01-01 00:30', '2028-01-01 00:30']],
    ['cron(0 0 L * ? *)', ['2026-11-30 00:00', '2026-12-31 00:00']],
    ['cron(0 0 LW * ? *)', ['2026-11-30 00:00', '2026-12-31 00:00', '2027-01-29 00:00']],
    ['cron(0 0 1W * ? *)', ['2026-12-01 00:00', '2027-01-01 00:00', '2027-02-01 00:00']],
    ['cron(0 0 1W MAY ? *)', ['2027-05-03 00:00']],
    ['cron(0 0 31W * ? *)', ['2026-12-31 00:00', '2027-01-29 00:00', '2027-03-31 00:00']],
    ['cron(0 0 ? * 3#1 *)', ['2026-12-01 00:00', '2027-01-05 00:00']],
    ['cron(0 0 ? * FRI#5 *)', ['2027-01-29 00:00', '2027-04-30 00:00']],
    ['cron(0 0 ? * 6L *)', ['2026-11-27 00:00', '2026-12-25 00:00']],
    ['cron(0 0 ? * L *)', ['2026-11-28 00:00']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29 00:00', '2032-02-29 00:00']],
    ['cron(0 0 1 1 ? 2028-2029)', ['2028-01-01 00:00', '2029-01-01 00:00']],
  ])('of %s has the times %j.', (expression, expected) => {
    expect(times(expression, '2026-11-21 00:00', expected.length)).toEqual(expected);
  });

  test('does not include the start time.', () => {
    expect(times('cron(0 10 * * ? *)', '2026-11-21 10:00', 1)).toEqual(['2026-11-22 10:00']);
  });

  test('has no time after its last year, or on a day that does not exist.', () => {
    expect(times('cron(0 0 1 1 ? 2028)', '2026-11-21 00:00', 3)).toEqual(['2028-01-01 00:00']);
    expect(times('cron(0 0 1 1 ? 2020)', '2026-11-21 00:00', 1)).toEqual([]);
    expect(times('cron(0 0 30 2 ? *)', '2026-11-21 00:00', 1)).toEqual([]);
  });
});

const LORD_HOWE = 'Australia/Lord_Howe';

/** The times are in UTC, without the year 2027. */
test.each([
  ['keeps the hour in March', 'cron(0 9 * * ? *)', '03-13 00:00', NEW_YORK, '03-13 14:00, 03-14 13:00'],
  ['keeps the hour in November', 'cron(0 9 * * ? *)', '11-06 00:00', NEW_YORK, '11-06 13:00, 11-07 14:00'],
  ['reads at() in the zone', 'at(2027-07-01T08:00:00)', '01-01 00:00', 'Europe/Berlin', '07-01 06:00'],
  ['omits a skipped time', 'cron(30 2 * * ? *)', '03-13 00:00', NEW_YORK, '03-13 07:30, 03-15 06:30'],
  ['counts a repeated time once', 'cron(30 1 * * ? *)', '11-06 12:00', NEW_YORK, '11-07 05:30, 11-08 06:30'],
  ['omits only skipped times', 'cron(0/30 1-2 * * ? *)', '03-14 06:00', NEW_YORK, '03-14 06:30, 03-15 05:00'],
  ['counts repeated steps once', 'cron(0/30 1 * * ? *)', '11-07 05:30', NEW_YORK, '11-08 06:00, 11-08 06:30'],
  ['has a half-hour shift', 'cron(45 1 * * ? *)', '04-03 00:00', LORD_HOWE, '04-03 14:45, 04-04 15:15'],
  ['has the date of an eastern zone', 'cron(0 5 21 11 ? *)', '11-20 18:00', 'Asia/Tokyo', '11-20 20:00'],
  ['has the date of a western zone', 'cron(0 23 20 11 ? *)', '11-21 01:00', NEW_YORK, '11-21 04:00'],
])('A schedule %s: %s after %s in %s.', (_, expression, from, timezone, expected) => {
  const found = times(expression, `2027-${from}`, expected.split(', ').length, timezone);
  expect(found.map((time) => time.slice('2027-'.length)).join(', ')).toBe(expected);
});

describe('rate() and at()', () => {
  test('count from now, or from the start of the schedule.', () => {
    expect(times('rate(90 minutes)', '2026-11-21 00:00', 2)).toEqual([
      '2026-11-21 01:30',
      '2026-11-21 03:00',
    ]);
    const since = nextTimes('rate(1 day)', 'UTC', utc('2026-11-21 00:00'), 1, utc('2026-11-01 07:00'));
    expect(since).toEqual([utc('2026-11-21 07:00')]);
  });

  test('have one time for a one-time schedule.', () => {
    expect(times('at(2026-12-24T18:00:00)', '2026-11-21 00:00', 3)).toEqual(['2026-12-24 18:00']);
    expect(times('at(2026-11-20T00:00:00)', '2026-11-21 00:00', 3)).toEqual([]);
  });
});

test.each([
  ['cron(0 10 * * *)', 'six fields'],
  ['cron(0 20-10 * * ? *)', 'larger than to value'],
  ['cron(0/0 10 * * ? *)', '0/0'],
  ['cron(0 10 ? * 2#1,3 *)', '# must be the only item'],
  ['cron(0 10 ? * 0 *)', 'dayOfWeek'],
  ['cron(0 10 * * ? *)', 'Mars/Olympus', 'Mars/Olympus'],
])('The invalid schedule %s is rejected because of %s.', (expression, reason, timezone = 'UTC') => {
  expect(() => nextTimes(expression, timezone, new Date(), 1)).toThrow(ScheduleError);
  expect(() => nextTimes(expression, timezone, new Date(), 1)).toThrow(reason);
});
