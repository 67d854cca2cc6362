import { describeSchedule } from '../../../tools/schedule/describe-schedule';

describe('describeSchedule', () => {
  it.each([
    ['cron(0 6 * * ? *)', 'every day at 06:00 (Europe/Paris)'],
    ['cron(0 6 ? * * *)', 'every day at 06:00 (Europe/Paris)'],
    ['cron(30 8,20 ? * MON-FRI *)', 'on Monday to Friday at 08:30 and 20:30 (Europe/Paris)'],
    ['cron(0 18 ? * 2,4,FRI *)', 'on Monday, Wednesday and Friday at 18:00 (Europe/Paris)'],
    ['cron(0 0 L * ? *)', 'on the last day of the month at 00:00 (Europe/Paris)'],
    ['cron(0 0 LW * ? *)', 'on the last working day of the month at 00:00 (Europe/Paris)'],
    ['cron(0 0 15W * ? *)', 'on the working day nearest to day 15 of the month at 00:00 (Europe/Paris)'],
    ['cron(0 0 1,15 * ? *)', 'on day 1 and day 15 of the month at 00:00 (Europe/Paris)'],
    ['cron(0 0 1/2 * ? *)', 'on every 2nd day from day 1 of the month at 00:00 (Europe/Paris)'],
    ['cron(0 9 ? * 3#2 *)', 'on the second Tuesday of the month at 09:00 (Europe/Paris)'],
    ['cron(0 9 ? * 6L *)', 'on the last Friday of the month at 09:00 (Europe/Paris)'],
    [
      'cron(0 9 1 JAN,3 ? 2027-2028)',
      'on day 1 of the month at 09:00 in January and March in 2027 to 2028 (Europe/Paris)',
    ],
    ['cron(0/15 * * * ? *)', 'every 15 minutes (Europe/Paris)'],
    [
      'cron(0/15 9-17 ? * MON-FRI *)',
      'every 15 minutes from 09:00 to 17:59 on Monday to Friday (Europe/Paris)',
    ],
    ['cron(0/30 8 * * ? *)', 'every day at 08:00 and 08:30 (Europe/Paris)'],
    ['cron(5 * * * ? *)', 'at minute 5 of every hour (Europe/Paris)'],
    ['cron(* * * * ? *)', 'every minute (Europe/Paris)'],
    ['cron(0/30 1,2,3 * * ? *)', 'every 30 minutes of the hours 1, 2 and 3 (Europe/Paris)'],
    ['rate(1 day)', 'every day'],
    ['rate(5 minutes)', 'every 5 minutes'],
    ['at(2026-12-24T18:00:00)', 'once, on 2026-12-24 at 18:00 (Europe/Paris)'],
    ['at(2026-12-24T18:00:30)', 'once, on 2026-12-24 at 18:00:30 (Europe/Paris)'],
  ])('%s', (expression, words) => {
    expect(describeSchedule(expression, 'Europe/Paris')).toBe(words);
  });

  it('refuses what EventBridge would refuse', () => {
    expect(() => describeSchedule('cron(0 6 * * * *)', 'UTC')).toThrow('must be ?');
    expect(() => describeSchedule('rate(5 minutes)', 'UTC')).not.toThrow();
    expect(() => describeSchedule('cron(0 6 * * ? *)', 'Mars/Olympus')).toThrow('Mars/Olympus');
  });
});
