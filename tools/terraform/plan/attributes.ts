import type { Attributes } from './plan-schema';

/** An attribute as text; undefined when it is not a string, empty or not known. */
export function text(attributes: Attributes | undefined, name: string): string | undefined {
  const value = attributes?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The same for numbers. */
export function number(attributes: Attributes | undefined, name: string): number | undefined {
  const value = attributes?.[name];
  return typeof value === 'number' ? value : undefined;
}

/** The blocks of an attribute, which a plan always has as a list, a synthesis as an object or a list of them. */
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

/** Names and values of an object; none of anything else. */
export function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** Stands for a value that Terraform learns only while it applies. */
export const KNOWN_AFTER_APPLY = '(known after apply)';
