import cronstrue from 'cronstrue';
import { parseSchedule, requireTimeZone } from '../../config/schedule';

/**
 * A schedule in words: `at 06:00, every day (Europe/Paris)`, `every 5 minutes`, `once, on 2026-12-24 at 18:00:00 (UTC)`.
 *
 * @throws ScheduleError when EventBridge would reject the expression or the time zone
 */
export function describeSchedule(expression: string, timezone: string): string {
  requireTimeZone(timezone);
  const schedule = parseSchedule(expression);
  if (schedule.kind === 'rate') {
    const { count, unit } = schedule;
    return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
  }
  if (schedule.kind === 'at') return `once, on ${schedule.time.replace('T', ' at ')} (${timezone})`;
  const words = cronstrue.toString(schedule.fields.join(' '), {
    use24HourTimeFormat: true,
    dayOfWeekStartIndexZero: false,
    // "Every 15 minutes" implies every day; "at 06:00" does not.
    verbose: schedule.fields[1] !== '*',
  });
  return `${words.charAt(0).toLowerCase()}${words.slice(1)} (${timezone})`;
}
