import { isTimeZone, scheduleProblem } from '../../config/schedule';

describe('A schedule', () => {
  test.each([
    'off',
    'at(2026-03-04T05:06:07)',
    'rate(1 minute)',
    'rate(12 hours)',
    'cron(0 2 * * ? *)',
    'cron(0 2 ? * MON-FRI *)',
    'cron(0/15 8-18 ? * 6#3 2026)',
    'cron(0 2 L * ? 2026/2)',
    'cron(0 2 ? * L 2199)',
  ])('can be %s.', (text) => {
    expect(scheduleProblem(text)).toBeUndefined();
  });

  test.each([
    'on',
    'daily',
    'at(2026-02-30T00:00:00)',
    'at(2026-03-04)',
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(5 weeks)',
    'cron(0 2 * * *)',
    'cron(0 2 * * * *)',
    'cron(0 2 ? * ? *)',
    'cron(? 2 * * ? *)',
    'cron(0 2 * * ? * *)',
    'cron(99 2 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 2 32 * ? *)',
    'cron(0 2 * 13 ? *)',
    'cron(0 2 ? * 8 *)',
    'cron(0 2 ? * FOO *)',
    'cron(0 2 ? * 2#6 *)',
    'cron(0 2 * * ? 1969)',
    'cron(0 2 * * ? 2026-2200)',
    '0 2 * * *',
  ])('cannot be %s.', (text) => {
    expect(scheduleProblem(text)).toContain(`${text}: `);
  });
});

describe('A time zone', () => {
  test.each(['UTC', 'Europe/Paris', 'America/New_York'])('can be %s.', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  test.each(['Mars/Olympus', '', 'utc'])('cannot be "%s".', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
