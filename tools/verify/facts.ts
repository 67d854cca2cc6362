/** Expected or actual facts of a scenario by name. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Finding {
  readonly scenario: string;
  readonly fact: string;
  readonly expected: string;
  readonly seen: string;
  readonly same: boolean;
}

/** Compares expected and actual facts; an unexpected fact is a difference. */
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

export function failedScenario(scenario: string, reason: string): Finding {
  return { scenario, fact: 'ends', expected: 'with its facts', seen: reason, same: false };
}
