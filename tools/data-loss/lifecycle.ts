import { blocks, text } from '../terraform/plan/attributes';
import type { Attributes } from '../terraform/plan/plan-format';

/** One way in which a rule of a bucket deletes objects. */
interface Expiration {
  readonly rule: string;
  readonly versions: 'objects' | 'old versions';
  /** Days until then; 0 when a date says when. */
  readonly days: number;
  /** ISO date; undefined when days say when. */
  readonly date: string | undefined;
  /** Old versions that stay however old they are. */
  readonly newerVersions: number;
  readonly prefix: string;
  readonly tags: readonly string[];
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** Expirations of `after` that delete what those of `before` would keep, or keep for longer. */
export function newExpirations(before: readonly Attributes[], after: readonly Attributes[]): Expiration[] {
  const old = before.flatMap(expirations);
  return after.flatMap(expirations).filter((now) => !old.some((one) => covers(one, now)));
}

/** "objects after 7 days", for rules that are shown elsewhere by their ids. */
export function describeExpiration({ versions, days, date, newerVersions }: Expiration): string {
  const newest = newerVersions > 0 ? ` but for the newest ${newerVersions}` : '';
  return `${versions}${newest} ${date === undefined ? `after ${days} days` : 'from a date on'}`;
}

function expirations(rule: Attributes): Expiration[] {
  if (text(rule, 'status') === 'Disabled' || rule.enabled === false) return [];
  const base = { rule: text(rule, 'id') ?? '(no id)', ...filterOf(rule) };
  const [current] = blocks(rule.expiration);
  const [old] = blocks(rule.noncurrent_version_expiration);
  const [days, date] = [amount(current?.days), text(current, 'date')];
  const oldDays = amount(old?.noncurrent_days ?? old?.days);
  return [
    ...(days > 0 || date !== undefined
      ? [{ ...base, versions: 'objects' as const, days, date, newerVersions: 0 }]
      : []),
    ...(old !== undefined && oldDays > 0
      ? [
          {
            ...base,
            versions: 'old versions' as const,
            days: oldDays,
            date: undefined,
            newerVersions: amount(old.newer_noncurrent_versions),
          },
        ]
      : []),
  ];
}

type Filter = Pick<Expiration, 'prefix' | 'tags' | 'minBytes' | 'maxBytes'>;

/** What a rule is for: everything when it has no filter. */
function filterOf(rule: Attributes): Filter {
  const [outer] = blocks(rule.filter);
  const parts = [rule, ...blocks(rule.filter), ...blocks(outer?.and)];
  const tags = parts.flatMap((part) => [
    ...Object.entries((part.tags ?? {}) as Attributes).map(([name, value]) => JSON.stringify([name, value])),
    ...blocks(part.tag).map(({ key, value }) => JSON.stringify([key, value])),
  ]);
  const bounds = (name: string): number[] =>
    parts.map((part) => amount(part[name])).filter((size) => size > 0);
  return {
    prefix: parts.map((part) => text(part, 'prefix') ?? '').find((prefix) => prefix !== '') ?? '',
    tags,
    minBytes: Math.max(0, ...bounds('object_size_greater_than')),
    maxBytes: Math.min(Infinity, ...bounds('object_size_less_than')),
  };
}

/** Whether the old expiration deletes all that the new one does, and no later. */
function covers(old: Expiration, now: Expiration): boolean {
  return (
    old.versions === now.versions &&
    now.prefix.startsWith(old.prefix) &&
    old.tags.every((tag) => now.tags.includes(tag)) &&
    old.minBytes <= now.minBytes &&
    old.maxBytes >= now.maxBytes &&
    old.newerVersions <= now.newerVersions &&
    isNoLater(old, now)
  );
}

function isNoLater(old: Expiration, now: Expiration): boolean {
  if (old.date === undefined || now.date === undefined) return old.date === now.date && old.days <= now.days;
  return old.date <= now.date;
}

/** Providers give some numbers as text. */
function amount(value: unknown): number {
  const parsed = typeof value === 'string' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : 0;
}
