import type { Attributes } from './plan-schema';

/** A string attribute; undefined when it is empty, unknown or of another type. */
export function text(attributes: Attributes | undefined, name: string): string | undefined {
  const value = attributes?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number attribute. */
export function number(attributes: Attributes | undefined, name: string): number | undefined {
  const value = attributes?.[name];
  return typeof value === 'number' ? value : undefined;
}

/** The blocks of an attribute: a list in a plan, an object or a list in a synthesized stack. */
export function blocks(value: unknown): Attributes[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is Attributes => typeof item === 'object' && item !== null);
}

/** A value by its path: `storage_descriptor.0.location`. */
export function valueAt(attributes: Attributes | undefined, path: string): unknown {
  return path.split('.').reduce<unknown>((part, name) => {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return undefined;
    return (part as Attributes)[name];
  }, attributes);
}

/** Names and values of an object; none for other values. */
export function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

export const KNOWN_AFTER_APPLY = '(known after apply)';
