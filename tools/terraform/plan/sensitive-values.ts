import { HIDDEN, isHidden } from './masking';
import {
  mapParts,
  mapResources,
  mapValues,
  type Attributes,
  type PlanDocument,
  type RawChange,
  type RawResourceChange,
} from './plan-schema';
import { renameBy } from './renaming';

/** Marked values from this length on are also hidden in other texts. Shorter ones are ports, modes and common words. */
export const SHORTEST_REPEATED = 8;

/** A plan without its sensitive values, and a function that hides them in other texts. */
interface HiddenPlan {
  readonly document: PlanDocument;
  readonly hide: (text: string) => string;
}

/**
 * Hides the values that Terraform or the provider marks as sensitive. A mark on one side applies to both sides. Every value
 * has a separate placeholder (`(hidden)`, `(hidden)#2`, …), which shows whether it changes.
 */
export function hideSensitive(document: PlanDocument): HiddenPlan {
  const values = new SensitiveValues();
  const marked = mapResources(document, (resource) => ({
    ...resource,
    change: values.hideMarked(resource.change),
  }));
  for (const output of Object.values(document.output_changes ?? {})) values.addValuesOf(output);
  // After all values are known.
  const hide = renameBy(values.repeated);
  return { document: hideRepeated(marked, hide), hide };
}

interface Sides {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
}

class SensitiveValues {
  /** Placeholders by the values that are also hidden in other texts, in each form of the value. */
  readonly repeated = new Map<string, string>();
  private readonly names = new Map<string, string>();

  /** Names of attributes are not hidden, even when all attributes are marked: they are in the provider's schema. */
  hideMarked(change: RawChange): RawChange {
    const marks = [change.before_sensitive, change.after_sensitive];
    const side = (attributes: Attributes | null | undefined) =>
      attributes && mapValues(attributes, (value, name) => this.hide(value, marksOf(marks, name)));
    return { ...change, before: side(change.before), after: side(change.after) };
  }

  /** Adds marked values of an output, which is not shown. */
  addValuesOf({ before, after, before_sensitive, after_sensitive }: Sides): void {
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
      for (const form of inJson(leaf))
        if (form.length >= SHORTEST_REPEATED) this.repeated.set(form, this.named(leaf));
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

function marksOf(marks: readonly unknown[], name: string): unknown[] {
  return marks.map((mark) => {
    if (typeof mark !== 'object' || mark === null) return mark;
    return Object.entries(mark).find(([other]) => other === name)?.[1] as unknown;
  });
}

/** Texts, numbers and names of map entries in a value. */
function leavesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value === 'object' && value !== null)
    return [...Object.keys(value), ...Object.values(value).flatMap(leavesOf)];
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

/** JSON without white space, as providers return it; other texts trimmed. */
function compact(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' ? JSON.stringify(parsed) : text;
  } catch {
    return text.trim();
  }
}

/** The forms of a text: plain, in JSON, and in nested JSON; Go also escapes `<`, `>` and `&`. */
function inJson(text: string): Set<string> {
  const escaped = (given: string): string => JSON.stringify(given).slice(1, -1);
  const byGo = (given: string): string =>
    escaped(given).replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return new Set(
    [text, compact(text)].flatMap((form) => [
      form,
      escaped(form),
      escaped(escaped(form)),
      byGo(form),
      byGo(byGo(form)),
    ]),
  );
}

/** Applies `hide` to all texts of a plan that the review can show. */
function hideRepeated(document: PlanDocument, hide: (text: string) => string): PlanDocument {
  const { output_changes: outputs, checks, action_invocations: actions } = document;
  return {
    ...mapResources(document, (resource) => inResource(resource, hide)),
    output_changes:
      outputs && Object.fromEntries(Object.entries(outputs).map(([name, output]) => [hide(name), output])),
    checks: checks?.map((check) => ({
      ...check,
      address: { to_display: hide(check.address.to_display) },
      instances: check.instances?.map(({ problems }) => ({
        problems: problems?.map(({ message }) => ({ message: message && hide(message) })),
      })),
    })),
    action_invocations: actions?.map(({ address, lifecycle_action_trigger: trigger }) => ({
      address: hide(address),
      lifecycle_action_trigger: trigger && {
        ...trigger,
        triggering_resource_address: hide(trigger.triggering_resource_address),
      },
    })),
  };
}

function inResource(resource: RawResourceChange, hide: (text: string) => string): RawResourceChange {
  const { address, previous_address: previous, change } = resource;
  const side = (attributes: Attributes | null | undefined) =>
    attributes && mapValues(attributes, (value) => inValue(value, hide));
  return {
    ...resource,
    address: hide(address),
    ...(previous !== undefined && { previous_address: hide(previous) }),
    change: {
      ...change,
      before: side(change.before),
      after: side(change.after),
      importing: change.importing && {
        ...change.importing,
        id: change.importing.id && hide(change.importing.id),
      },
      replace_paths: change.replace_paths?.map((path) => path.map((part) => hide(String(part)))),
    },
  };
}

function inValue(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === 'string') return isHidden(value) ? value : hide(value);
  if (typeof value === 'number') return hide(String(value)) === String(value) ? value : hide(String(value));
  return mapParts(value, (part) => inValue(part, hide), hide);
}
