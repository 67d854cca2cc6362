/** Facts of a scenario by name, as expected or as seen; both use the same names, so that they can be compared. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** One fact of a scenario, as expected and as seen. */
export interface Finding {
  readonly scenario: string;
  readonly fact: string;
  readonly expected: string;
  readonly seen: string;
  readonly same: boolean;
}

/** Compares what was expected with what was seen; a fact that was not expected counts as a difference. */
export function compareFacts(scenario: string, expected: Facts, seen: Facts): Finding[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(seen)])];
  return names.map((fact) => {
    const [wanted, actual] = [describe(expected[fact]), describe(seen[fact])];
    return { scenario, fact, expected: wanted, seen: actual, same: wanted === actual };
  });
}

function describe(value: Facts[string]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value ?? '(nothing)');
}

/** The finding of a scenario that failed before it had its facts. */
export function failedScenario(scenario: string, reason: string): Finding {
  return { scenario, fact: 'ends', expected: 'with its facts', seen: reason, same: false };
}
