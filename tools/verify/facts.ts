/** What a scenario must show, or has shown, by name; both sides use the same words, so that they can be compared. */
export type Facts = Readonly<Record<string, string>>;

/** One fact of a scenario, as expected and as seen. */
export interface Finding {
  readonly scenario: string;
  readonly fact: string;
  readonly expected: string;
  readonly seen: string;
  readonly same: boolean;
}

const NOTHING = '(nothing)';

/** Compares what was expected with what was seen; a fact that nobody expected counts as a difference. */
export function compareFacts(scenario: string, expected: Facts, seen: Facts): Finding[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(seen)])];
  return names.map((fact) => {
    const [wanted, found] = [expected[fact] ?? NOTHING, seen[fact] ?? NOTHING];
    return { scenario, fact, expected: wanted, seen: found, same: wanted === found };
  });
}

/** The finding of a scenario that did not get as far as its facts. */
export function failedScenario(scenario: string, reason: string): Finding {
  return { scenario, fact: 'ends', expected: 'with its facts', seen: reason, same: false };
}
