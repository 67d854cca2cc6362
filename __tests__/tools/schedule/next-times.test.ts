import { ScheduleError } from '../../../config/schedule';
import { nextTimes } from '../../../tools/schedule/next-times';

/** `2026-11-21 00:00` of UTC. */
const utc = (text: string): Date => new Date(`${text.replace(' ', 'T')}:00Z`);

function times(expression: string, from: string, count: number, timezone = 'UTC'): string[] {
  return nextTimes(expression, timezone, utc(from), count).map((time) =>
    time.toISOString().slice(0, 16).replace('T', ' '),
  );
}

describe('nextTimes of cron', () => {
  it.each([
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
  ])('%s', (expression, expected) => {
    expect(times(expression, '2026-11-21 00:00', expected.length)).toEqual(expected);
  });

  it('leaves out the moment it is asked at', () => {
    expect(times('cron(0 10 * * ? *)', '2026-11-21 10:00', 1)).toEqual(['2026-11-22 10:00']);
  });

  it('ends with its last year, and never comes for a day that no month has', () => {
    expect(times('cron(0 0 1 1 ? 2028)', '2026-11-21 00:00', 3)).toEqual(['2028-01-01 00:00']);
    expect(times('cron(0 0 1 1 ? 2020)', '2026-11-21 00:00', 1)).toEqual([]);
    expect(times('cron(0 0 30 2 ? *)', '2026-11-21 00:00', 1)).toEqual([]);
  });
});

describe('nextTimes in a time zone with summer time', () => {
  it('keeps the time of day when summer time begins and ends', () => {
    const daily = 'cron(0 9 * * ? *)';
    expect(times(daily, '2027-03-13 00:00', 3, 'America/New_York')).toEqual([
      '2027-03-13 14:00',
      '2027-03-14 13:00',
      '2027-03-15 13:00',
    ]);
    expect(times(daily, '2027-11-06 00:00', 3, 'America/New_York')).toEqual([
      '2027-11-06 13:00',
      '2027-11-07 14:00',
      '2027-11-08 14:00',
    ]);
    expect(times('at(2027-07-01T08:00:00)', '2027-01-01 00:00', 1, 'Europe/Berlin')).toEqual([
      '2027-07-01 06:00',
    ]);
  });

  it('skips a time that is left out in spring, and counts once what happens twice in autumn', () => {
    expect(times('cron(30 2 * * ? *)', '2027-03-13 00:00', 2, 'America/New_York')).toEqual([
      '2027-03-13 07:30',
      '2027-03-15 06:30',
    ]);
    expect(times('cron(30 1 * * ? *)', '2027-11-06 12:00', 2, 'America/New_York')).toEqual([
      '2027-11-07 05:30',
      '2027-11-08 06:30',
    ]);
    expect(times('cron(0/30 1-2 * * ? *)', '2027-03-14 05:00', 3, 'America/New_York')).toEqual([
      '2027-03-14 06:00',
      '2027-03-14 06:30',
      '2027-03-15 05:00',
    ]);
    expect(times('cron(0/30 1 * * ? *)', '2027-11-07 05:00', 3, 'America/New_York')).toEqual([
      '2027-11-07 05:30',
      '2027-11-08 06:00',
      '2027-11-08 06:30',
    ]);
    expect(times('cron(45 1 * * ? *)', '2027-04-03 00:00', 2, 'Australia/Lord_Howe')).toEqual([
      '2027-04-03 14:45',
      '2027-04-04 15:15',
    ]);
  });

  it('takes the day of the zone, not of UTC, east and west of it', () => {
    expect(times('cron(0 5 21 11 ? *)', '2026-11-20 18:00', 1, 'Asia/Tokyo')).toEqual(['2026-11-20 20:00']);
    expect(times('cron(0 23 20 11 ? *)', '2026-11-21 01:00', 1, 'America/Los_Angeles')).toEqual([
      '2026-11-21 07:00',
    ]);
  });
});

describe('nextTimes of rate and at', () => {
  it('counts a rate from now, or from the beginning of the schedule', () => {
    expect(times('rate(90 minutes)', '2026-11-21 00:00', 2)).toEqual([
      '2026-11-21 01:30',
      '2026-11-21 03:00',
    ]);
    const since = nextTimes('rate(1 day)', 'UTC', utc('2026-11-21 00:00'), 1, utc('2026-11-01 07:00'));
    expect(since).toEqual([utc('2026-11-21 07:00')]);
  });

  it('gives a one-time schedule once, and never again', () => {
    expect(times('at(2026-12-24T18:00:00)', '2026-11-21 00:00', 3)).toEqual(['2026-12-24 18:00']);
    expect(times('at(2026-11-20T00:00:00)', '2026-11-21 00:00', 3)).toEqual([]);
  });
});

describe('nextTimes refuses', () => {
  it.each([
    ['cron(0 10 * * *)', 'six fields'],
    ['cron(0 10 * * * *)', 'must be ?'],
    ['cron(60 10 * * ? *)', 'minute: 60'],
    ['cron(0 10 * FOO ? *)', 'FOO'],
    ['cron(0 20-10 * * ? *)', 'larger than to value'],
    ['cron(0/0 10 * * ? *)', '0/0'],
    ['cron(0 10 ? * 2#1,3 *)', '# must be the only item'],
    ['cron(0 10 ? * 8 *)', 'not from 1 to 7'],
    ['cron(0 10 ? * 0 *)', 'dayOfWeek'],
    ['at(tomorrow)', 'at(tomorrow)'],
  ])('%s', (expression, reason) => {
    expect(() => nextTimes(expression, 'UTC', new Date(), 1)).toThrow(ScheduleError);
    expect(() => nextTimes(expression, 'UTC', new Date(), 1)).toThrow(reason);
  });

  it('a time zone that does not exist', () => {
    expect(() => nextTimes('cron(0 10 * * ? *)', 'Mars/Olympus', new Date(), 1)).toThrow('Mars/Olympus');
  });
});
