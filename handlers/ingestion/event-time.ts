const CLOCK = String.raw`(?<clock>\d{2}:\d{2}:\d{2})`;
const ISO_TIME = new RegExp(
  String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[T ]${CLOCK}(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-]\d{2}:?\d{2})?$`,
);
/** `MM-dd-yyyy hh:mm:ss` of the first clients. It has no AM or PM, so hours are 0 to 23. */
const FIRST_CLIENTS_TIME = new RegExp(String.raw`^(?<month>\d{2})-(?<day>\d{2})-(?<year>\d{4}) ${CLOCK}$`);
/** The ISO 8601 format of `Date` has a sign and six digits for other years than 0000 to 9999. */
const FOUR_DIGIT_YEAR = /^(?!0000)\d{4}-/;
const MILLISECONDS_PER_MINUTE = 60_000;
/** Kiribati has the largest offset. */
const LARGEST_OFFSET_MINUTES = 14 * 60;

/** Accepted formats, for error messages. */
export const ACCEPTED_TIMES =
  'yyyy-MM-ddTHH:mm:ss[.SSS][Z|±HH:mm] or MM-dd-yyyy HH:mm:ss, of the years 0001 to 9999 in UTC';

/**
 * The time as ISO 8601 in UTC with milliseconds, such as `2023-02-08T14:05:09.000Z`. The default time zone is UTC. `undefined` for
 * another format, for an invalid time (30 February), and for years other than 0001 to 9999 in UTC, the range of Spark dates.
 */
export function toIsoTime(text: string): string | undefined {
  const parts = (ISO_TIME.exec(text) ?? FIRST_CLIENTS_TIME.exec(text))?.groups;
  if (parts === undefined) return undefined;
  const { year = '', month = '', day = '', clock = '', fraction = '', zone = 'Z' } = parts;
  const offset = offsetMinutes(zone);
  const asUtc = `${year}-${month}-${day}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const time = Date.parse(asUtc);
  // Date.parse converts 30 February to 2 March; a valid time is unchanged.
  if (offset === undefined || Number.isNaN(time) || new Date(time).toISOString() !== asUtc) return undefined;
  const inUtc = new Date(time - offset * MILLISECONDS_PER_MINUTE).toISOString();
  return FOUR_DIGIT_YEAR.test(inUtc) ? inUtc : undefined;
}

/** Minutes east of UTC of `Z`, `+05:30` or `-0800`; `undefined` for an invalid offset. */
function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  const offset = hours * 60 + minutes;
  if (minutes > 59 || offset > LARGEST_OFFSET_MINUTES) return undefined;
  return zone.startsWith('-') ? -offset : offset;
}
