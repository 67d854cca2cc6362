const CLOCK = String.raw`(?<clock>\d{2}:\d{2}:\d{2})`;
const ISO_TIME = new RegExp(
  String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[T ]${CLOCK}(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-]\d{2}:?\d{2})?$`,
);
/** `MM-dd-yyyy hh:mm:ss`, as the first clients send it. It has no AM or PM, so its hour is read as 0 to 23. */
const FIRST_CLIENTS_TIME = new RegExp(String.raw`^(?<month>\d{2})-(?<day>\d{2})-(?<year>\d{4}) ${CLOCK}$`);
/** ISO 8601 as `Date` writes it has a sign and six digits for other years than 0000 to 9999. */
const FOUR_DIGIT_YEAR = /^(?!0000)\d{4}-/;
const MILLISECONDS_PER_MINUTE = 60_000;
/** Kiribati's; no place is further from UTC. */
const LARGEST_OFFSET_MINUTES = 14 * 60;

/** What a caller may send, in words for an error message. */
export const ACCEPTED_TIMES =
  'yyyy-MM-ddTHH:mm:ss[.SSS][Z|±HH:mm] or MM-dd-yyyy HH:mm:ss, of the years 0001 to 9999 in UTC';

/**
 * An event's time as ISO 8601 in UTC with milliseconds, such as `2023-02-08T14:05:09.000Z`.
 * A time without a zone is UTC. `undefined` for any other format, for a time that does not exist (30 February) and for a
 * year that is not 0001 to 9999 in UTC: Spark's dates have no other.
 */
export function toIsoTime(text: string): string | undefined {
  const parts = (ISO_TIME.exec(text) ?? FIRST_CLIENTS_TIME.exec(text))?.groups;
  if (parts === undefined) return undefined;
  const { year = '', month = '', day = '', clock = '', fraction = '', zone = 'Z' } = parts;
  const offset = offsetMinutes(zone);
  const asUtc = `${year}-${month}-${day}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const time = Date.parse(asUtc);
  // Date.parse rolls 30 February over to 2 March: only a time that comes back unchanged exists.
  if (offset === undefined || Number.isNaN(time) || new Date(time).toISOString() !== asUtc) return undefined;
  const inUtc = new Date(time - offset * MILLISECONDS_PER_MINUTE).toISOString();
  return FOUR_DIGIT_YEAR.test(inUtc) ? inUtc : undefined;
}

/** Minutes east of UTC of `Z`, `+05:30` or `-0800`; `undefined` when no such zone exists. */
function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  const offset = hours * 60 + minutes;
  if (minutes > 59 || offset > LARGEST_OFFSET_MINUTES) return undefined;
  return zone.startsWith('-') ? -offset : offset;
}
