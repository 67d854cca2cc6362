/** `terraform` has the provider's version and the place of the state, `//` the version of CDKTF: they differ in any case. */
const IGNORED = /^\/(terraform|\/\/)(\/|$)/;

/** JSON pointers of the values in which two synthesized configurations of a stack differ. */
export function configurationDifferences(before: unknown, after: unknown): string[] {
  return [...differences(before, after, '')];
}

function* differences(before: unknown, after: unknown, path: string): Generator<string> {
  if (IGNORED.test(path)) return;
  if (isContainer(before) && isContainer(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* differences(before[key], after[key], `${path}/${key}`);
    }
  } else if (before !== after) yield path;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
