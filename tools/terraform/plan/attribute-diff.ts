import { KNOWN_AFTER_APPLY } from './attributes';
import { HIDDEN, isMarked, isSecretPart } from './masking';
import type { ResourceChange } from './plan-format';

/** One changed attribute, with secrets hidden. */
export interface AttributeChange {
  /** `['versioning', '0', 'enabled']` */
  readonly path: readonly string[];
  /** Undefined when the attribute is added. */
  readonly before: string | undefined;
  /** Undefined when the attribute is removed. */
  readonly after: string | undefined;
}

/** Deeper values are compared as a whole. */
const MAX_DEPTH = 16;

type Tree = Readonly<Record<string, unknown>>;

/** Several sections read the same change. */
const known = new WeakMap<ResourceChange, readonly AttributeChange[]>();

/** The place of a value; `isSecret`: it is a part of a secret. */
interface Place {
  readonly change: ResourceChange;
  readonly path: readonly string[];
  readonly isSecret: boolean;
}

/** The attributes that an update or a replacement changes, with secrets hidden. */
export function attributeChanges(change: ResourceChange): readonly AttributeChange[] {
  const root: Place = { change, path: [], isSecret: false };
  const found =
    known.get(change) ??
    compare(root, change.before, change.after).filter(({ path }) => !isEcho(change, path));
  known.set(change, found);
  return found;
}

function compare(place: Place, before: unknown, after: unknown): AttributeChange[] {
  const { change, path } = place;
  const [old, now] = [opened(before), opened(after)];
  const [oldTree, nowTree] = [treeOf(old), treeOf(now)];
  if (oldTree !== undefined && nowTree !== undefined && path.length < MAX_DEPTH)
    return compareTrees(place, oldTree, nowTree);
  const isLater = isNothing(now) && isMarked(change.unknown, path);
  if (!isLater && isSame(old, now)) return [];
  // AWS computes it for the new resource.
  if (isLater && (change.kind === 'replace' || change.kind === 'create')) return [];
  const display = (value: unknown) => (isNothing(value) ? undefined : shown(place, value));
  return [{ path, before: display(old), after: isLater ? KNOWN_AFTER_APPLY : display(now) }];
}

function compareTrees(place: Place, old: Tree, now: Tree): AttributeChange[] {
  const { change, path } = place;
  const names = new Set([...Object.keys(old), ...Object.keys(now), ...laterNames(change, path)]);
  return [...names]
    .map((name) => ({ name, before: own(old, name), after: own(now, name) }))
    .filter(({ before, after }) => before !== after || isNothing(after))
    .flatMap(({ name, before, after }) => compare(partOf(place, name, [old, now]), before, after));
}

function partOf({ change, path, isSecret }: Place, name: string, holders: readonly unknown[]): Place {
  const part = [...path, name];
  return { change, path: part, isSecret: isSecret || isSecretPart(change.type, part, holders) };
}

/** Attributes that are missing after because they are known only after apply. */
function laterNames({ unknown, kind }: ResourceChange, path: readonly string[]): string[] {
  if (kind !== 'update') return [];
  const names = Object.entries(treeOf(marksAt(unknown, path)) ?? {});
  return names.filter(([, mark]) => mark === true).map(([name]) => name);
}

function marksAt(marks: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((part, name) => own(treeOf(part), name), marks);
}

/** Parses a string with JSON. */
function opened(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Objects, and lists of objects; a list of plain values is compared as a whole. */
function treeOf(value: unknown): Tree | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const isPlainList = Array.isArray(value) && value.some((item) => typeof item !== 'object' || item === null);
  if (isPlainList) return undefined;
  return Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : (value as Tree);
}

/** An own property: the name may be `constructor`. */
function own(tree: Tree | undefined, name: string): unknown {
  return tree !== undefined && Object.hasOwn(tree, name) ? tree[name] : undefined;
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isSame(old: unknown, now: unknown): boolean {
  return old === now || (isNothing(old) && isNothing(now)) || JSON.stringify(old) === JSON.stringify(now);
}

function shown(place: Place, value: unknown): string {
  const masked = mask(place, value);
  return typeof masked === 'string' ? masked : JSON.stringify(masked);
}

/** The value with hidden secrets: by their name, or in the environment of a program. */
function mask(place: Place, value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => mask(partOf(place, String(index), [value]), item));
  if (typeof value !== 'object' || value === null) return place.isSecret ? HIDDEN : value;
  const parts = Object.entries(value).map(([name, part]) => [name, mask(partOf(place, name, [value]), part)]);
  return Object.fromEntries(parts) as unknown;
}

/** `tags_all` repeats `tags`. */
function isEcho({ before, after }: ResourceChange, [first = '', name = '']: readonly string[]): boolean {
  if (first !== 'tags_all') return false;
  const [old, now] = [treeOf(before?.tags), treeOf(after?.tags)];
  return name !== '' && own(old, name) !== own(now, name);
}

/** Whether a change is an update of tags only. */
export function isTagsOnly(change: ResourceChange): boolean {
  if (change.kind !== 'update') return false;
  const changes = attributeChanges(change);
  return changes.length > 0 && changes.every(({ path }) => path[0] === 'tags' || path[0] === 'tags_all');
}
