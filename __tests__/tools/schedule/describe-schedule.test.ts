import { describeSchedule } from '../../../tools/schedule/describe-schedule';

describe('A schedule in words', () => {
  test.each([
    ['cron(0 6 * * ? *)', 'at 06:00, every day (Europe/Paris)'],
    ['cron(0 6 ? * * *)', 'at 06:00, every day (Europe/Paris)'],
    ['cron(30 8,20 ? * MON-FRI *)', 'at 08:30 and 20:30, Monday through Friday (Europe/Paris)'],
    ['cron(0 18 ? * 2,4,FRI *)', 'at 18:00, only on Monday, Wednesday, and Friday (Europe/Paris)'],
    ['cron(0 18 ? * L *)', 'at 18:00, only on Saturday (Europe/Paris)'],
    ['cron(0 0 L * ? *)', 'at 00:00, on the last day of the month (Europe/Paris)'],
    ['cron(0 0 LW * ? *)', 'at 00:00, on the last weekday of the month (Europe/Paris)'],
    ['cron(0 0 15W * ? *)', 'at 00:00, on the weekday nearest day 15 of the month (Europe/Paris)'],
    ['cron(0 9 ? * 3#2 *)', 'at 09:00, on the second Tuesday of the month (Europe/Paris)'],
    ['cron(0 9 ? * 6L *)', 'at 09:00, on the last Friday of the month (Europe/Paris)'],
    [
      'cron(0 9 1 JAN,3 ? 2027-2028)',
      'at 09:00, on day 1 of the month, only in January and March, 2027 through 2028 (Europe/Paris)',
    ],
    ['cron(0/15 * * * ? *)', 'every 15 minutes (Europe/Paris)'],
    [
      'cron(0/15 9-17 ? * MON-FRI *)',
      'every 15 minutes, between 09:00 and 17:59, Monday through Friday (Europe/Paris)',
    ],
    ['cron(5 * * * ? *)', 'at 5 minutes past the hour (Europe/Paris)'],
    ['cron(* * * * ? *)', 'every minute (Europe/Paris)'],
    ['rate(1 day)', 'every day'],
    ['rate(5 minutes)', 'every 5 minutes'],
    ['at(2026-12-24T18:00:30)', 'once, on 2026-12-24 at 18:00:30 (Europe/Paris)'],
  ])('of %s is %s.', (expression, words) => {
    expect(describeSchedule(expression, 'Europe/Paris')).toBe(words);
  });

  test('is an error for an invalid expression or time zone.', () => {
    expect(() => describeSchedule('cron(0 6 * * * *)', 'UTC')).toThrow('must be ?');
    expect(() => describeSchedule('cron(0 6 * * ? *)', 'Mars/Olympus')).toThrow('Mars/Olympus');
  });
});
