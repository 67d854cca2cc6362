/** The values at a path such as `rule.destination.account`, in all elements of lists. */
export function valuesAt(value: unknown, path: string): unknown[] {
  const dot = path.indexOf('.');
  if (dot >= 0) return valuesAt(valuesAt(value, path.slice(0, dot)), path.slice(dot + 1));
  const found = partOf(value, path);
  return Array.isArray(found) ? found.flat() : [found];
}

function partOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.flatMap((item) => partOf(item, name));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** The non-empty strings at a path, with references of a synthesized stack resolved. */
export function textsAt(value: unknown, path: string): string[] {
  return valuesAt(value, path)
    .filter((item): item is string => typeof item === 'string' && item !== '')
    .map(resolveReferences);
}

/** Placeholder for the account that a synthesized stack refers to. */
export const OWN_ACCOUNT = '000000000000';

/** Placeholder for a resource that a synthesized stack refers to. */
export const OWN_RESOURCE = 'of-this-stack';

function resolveReferences(text: string): string {
  if (!text.includes('${')) return text;
  return text
    .replaceAll(/\$\{data\.aws_caller_identity\.[^}]*\}/g, OWN_ACCOUNT)
    .replaceAll(/\$\{data\.aws_partition\.[^}]*\}/g, 'aws')
    .replaceAll(/\$\{aws_[^}]*\}/g, `arn:aws:reference::${OWN_ACCOUNT}:${OWN_RESOURCE}`);
}

/**
 * Whether the value at a path is known only after apply.
 *
 * @param unknown marks in the shape of the attributes
 * @returns `itself` when its block is known, `with its holder` when the whole block is unknown
 */
export function knownLater(unknown: unknown, path: string): 'itself' | 'with its holder' | undefined {
  if (valuesAt(unknown, path).includes(true)) return path.includes('.') ? 'itself' : 'with its holder';
  const holder = path.split('.').slice(0, -1).join('.');
  return holder !== '' && valuesAt(unknown, holder).includes(true) ? 'with its holder' : undefined;
}
