import { HIDDEN, isHidden } from './masking';
import type { Attributes, PlanDocument, RawChange, RawResourceChange } from './plan-schema';
import { renameBy } from './renaming';

/**
 * A marked value of this many characters is hidden too where it is a part of other texts. Shorter ones are ports, modes
 * and words that stand in many places: to hide them everywhere would take the plan apart.
 */
export const SHORTEST_REPEATED = 8;

/**
 * The plan without the values that Terraform or the provider marks as sensitive, wherever they stand. A mark on one side
 * counts for both: a value is as sensitive before somebody marks it. Every value gets a name of its own (`(hidden)`,
 * `(hidden)#2`, …), which still says what is the same and what changes.
 */
export function hideSensitive(document: PlanDocument): PlanDocument {
  const values = new SensitiveValues();
  const marked = mapResources(document, (resource) => ({
    ...resource,
    change: values.hideMarked(resource.change),
  }));
  for (const output of Object.values(document.output_changes ?? {})) values.learn(output);
  // Only now all values are known.
  const hide = renameBy(values.repeated);
  return {
    ...mapResources(marked, (resource) => hideRepeated(resource, hide)),
    checks: marked.checks?.map((check) => ({
      ...check,
      instances: check.instances?.map(({ problems }) => ({
        problems: problems?.map(({ message }) => ({
          message: message === undefined ? message : hide(message),
        })),
      })),
    })),
  };
}

function mapResources(
  document: PlanDocument,
  map: (resource: RawResourceChange) => RawResourceChange,
): PlanDocument {
  return {
    ...document,
    resource_changes: document.resource_changes?.map(map),
    resource_drift: document.resource_drift?.map(map),
    deferred_changes: document.deferred_changes?.map((deferred) => ({
      ...deferred,
      resource_change: map(deferred.resource_change),
    })),
  };
}

interface Sides {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
}

class SensitiveValues {
  /** Names of the values that are long enough to be hidden wherever they stand, by the value as it may stand there. */
  readonly repeated = new Map<string, string>();
  private readonly names = new Map<string, string>();

  /** Attributes keep their names, also where a mark is on all of them: the provider's schema says those anyway. */
  hideMarked(change: RawChange): RawChange {
    const marks = [change.before_sensitive, change.after_sensitive];
    const side = (attributes: Attributes | null | undefined) =>
      attributes && mapValues(attributes, (value, name) => this.hide(value, marksOf(marks, name)));
    return { ...change, before: side(change.before), after: side(change.after) };
  }

  /** Takes in marked values of something that is not shown itself. */
  learn({ before, after, before_sensitive, after_sensitive }: Sides): void {
    for (const value of [before, after]) this.hide(value, [before_sensitive, after_sensitive]);
  }

  private hide(value: unknown, marks: readonly unknown[]): unknown {
    if (value === undefined || value === null || value === '') return value;
    if (marks.includes(true)) return this.nameOf(value);
    if (typeof value !== 'object' || !marks.some((mark) => typeof mark === 'object')) return value;
    return mapParts(value, (part, name) => this.hide(part, marksOf(marks, name)));
  }

  private nameOf(value: unknown): string {
    for (const leaf of leavesOf(value)) {
      if (leaf.length < SHORTEST_REPEATED) continue;
      for (const form of inJson(leaf)) this.repeated.set(form, this.named(leaf));
    }
    return this.named(typeof value === 'string' ? value : JSON.stringify(value));
  }

  private named(text: string): string {
    const number = this.names.size + 1;
    const name = this.names.get(text) ?? (number === 1 ? HIDDEN : `${HIDDEN}#${number}`);
    this.names.set(text, name);
    return name;
  }
}

function hideRepeated(resource: RawResourceChange, hide: (text: string) => string): RawResourceChange {
  const { address, previous_address: previous, change } = resource;
  const inValue = (value: unknown): unknown => {
    if (typeof value === 'string') return isHidden(value) ? value : hide(value);
    if (typeof value === 'number') return hide(String(value)) === String(value) ? value : hide(String(value));
    return mapParts(value, inValue, hide);
  };
  const side = (attributes: Attributes | null | undefined) => attributes && mapValues(attributes, inValue);
  return {
    ...resource,
    address: hide(address),
    ...(previous !== undefined && { previous_address: hide(previous) }),
    change: {
      ...change,
      ...{ before: side(change.before), after: side(change.after) },
      importing: change.importing && {
        ...change.importing,
        id: change.importing.id && hide(change.importing.id),
      },
      replace_paths: change.replace_paths?.map((path) => path.map((part) => hide(String(part)))),
    },
  };
}

function marksOf(marks: readonly unknown[], name: string): unknown[] {
  return marks.map((mark) => {
    if (typeof mark !== 'object' || mark === null) return mark;
    return Object.entries(mark).find(([other]) => other === name)?.[1] as unknown;
  });
}

/** Texts and numbers in a value, and the names of what its maps hold. */
function leavesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value === 'object' && value !== null)
    return [...Object.keys(value), ...Object.values(value).flatMap(leavesOf)];
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

/** A text as it is, in JSON, and in JSON within JSON; Go, and with it Terraform, also escapes `<`, `>` and `&`. */
function inJson(text: string): Set<string> {
  const escaped = (given: string): string => JSON.stringify(given).slice(1, -1);
  const byGo = (given: string): string =>
    escaped(given).replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return new Set([text, escaped(text), escaped(escaped(text)), byGo(text), byGo(byGo(text))]);
}

function mapValues(
  attributes: Attributes,
  map: (value: unknown, name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, map(value, name)]));
}

/** A list or an object with each part replaced, and the names of an object; anything else as it is. */
function mapParts(
  value: unknown,
  map: (part: unknown, name: string) => unknown,
  rename = (name: string): string => name,
): unknown {
  if (Array.isArray(value)) return value.map((part, index) => map(part, String(index)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [rename(name), map(part, name)]));
}
