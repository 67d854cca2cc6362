import { ScheduleError } from './schedule-error';

/** A wall clock's reading; months count from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What clocks in the time zone show at a moment; ScheduleError when there is no such zone. */
export function localTime(moment: Date, timezone: string): LocalTime {
  const parts = new Map(
    formatFor(timezone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? Number.NaN;
  return {
    ...{ year: part('year'), month: part('month'), day: part('day') },
    ...{ hour: part('hour'), minute: part('minute'), second: part('second') },
  };
}

/**
 * The moment at which clocks in the time zone show `local`: the first one when they show it twice, undefined when a
 * change to summer time leaves it out.
 */
export function momentOf(local: LocalTime, timezone: string): Date | undefined {
  const wanted = utcOf(local);
  const moments = offsetsAround(wanted, timezone).map((offset) => new Date(wanted - offset));
  return moments
    .sort((a, b) => a.getTime() - b.getTime())
    .find((moment) => utcOf(localTime(moment, timezone)) === wanted);
}

/** As {@link momentOf}; a time that is left out counts as the clocks would have gone on. */
export function momentOrOldOffset(local: LocalTime, timezone: string): Date {
  const wanted = utcOf(local);
  const [before = 0] = offsetsAround(wanted, timezone);
  return momentOf(local, timezone) ?? new Date(wanted - before);
}

/** Milliseconds that the zone's clocks are ahead of UTC, a day before and a day after. */
function offsetsAround(wanted: number, timezone: string): number[] {
  return [wanted - DAY_MS, wanted + DAY_MS].map(
    (moment) => utcOf(localTime(new Date(moment), timezone)) - moment,
  );
}

function utcOf({ year, month, day, hour, minute, second }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    formats.set(timeZone, format);
    return format;
  } catch {
    throw new ScheduleError(`"${timeZone}" is no time zone of the IANA database, such as Europe/Paris`);
  }
}
