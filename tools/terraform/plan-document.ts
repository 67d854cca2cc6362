import type { Attributes, PlanDocument, RawResourceChange } from './plan-schema';

/** The document with each of its resources replaced, also those that drift or are deferred. */
export function mapResources(
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

/** Attributes with each value replaced. */
export function mapValues(
  attributes: Attributes,
  map: (value: unknown, name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, map(value, name)]));
}

/** A list or an object with each part replaced, and the names of an object; anything else as it is. */
export function mapParts(
  value: unknown,
  map: (part: unknown, name: string) => unknown,
  rename = (name: string): string => name,
): unknown {
  if (Array.isArray(value)) return value.map((part, index) => map(part, String(index)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [rename(name), map(part, name)]));
}
