import { blocks, text } from '../terraform/plan/attributes';
import type { Attributes } from '../terraform/plan/plan-format';

interface Expiration {
  readonly rule: string;
  readonly versions: 'objects' | 'old versions';
  /** 0 for an expiration on a date. */
  readonly days: number;
  /** ISO date; undefined for an expiration after days. */
  readonly date: string | undefined;
  /** Number of newest old versions that do not expire. */
  readonly newerVersions: number;
  readonly prefix: string;
  readonly tags: readonly string[];
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** Expirations of `after` that delete data which `before` keeps, or keeps longer. */
export function newExpirations(before: readonly Attributes[], after: readonly Attributes[]): Expiration[] {
  const old = before.flatMap(expirations);
  return after.flatMap(expirations).filter((now) => !old.some((one) => covers(one, now)));
}

/** "objects after 7 days" */
export function describeExpiration({ versions, days, date, newerVersions }: Expiration): string {
  const newest = newerVersions > 0 ? ` except the newest ${newerVersions}` : '';
  return `${versions}${newest} ${date === undefined ? `after ${days} days` : 'on a date'}`;
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

/** The filter of a rule; a rule without a filter applies to all objects. */
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

/** Whether the old expiration deletes everything that the new one deletes, at the same time or earlier. */
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

/** The provider writes some numbers as text. */
function amount(value: unknown): number {
  const parsed = typeof value === 'string' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : 0;
}
