/** The event of the state machine is invalid; a retry cannot succeed. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

/** Pattern of a text field of an event, and its description for the error message. */
export type FieldRule = readonly [pattern: RegExp, expected: string];

/**
 * The text fields of a Lambda event.
 *
 * @throws InvalidInputError with every invalid field and its value
 */
export function readFields<Name extends string>(
  event: unknown,
  rules: Readonly<Record<Name, FieldRule>>,
): Record<Name, string> {
  const sent = new Map<string, unknown>(Object.entries(event ?? {}));
  const problems = Object.entries<FieldRule>(rules).flatMap(([name, [pattern, expected]]) => {
    const value = sent.get(name);
    const isGood = typeof value === 'string' && pattern.test(value);
    return isGood ? [] : [`${name} is ${show(value)}, expected ${expected}`];
  });
  if (problems.length === 0) return event as Record<Name, string>;
  throw new InvalidInputError(`The event ${show(event)} is not valid: ${problems.join('; ')}.`);
}

/** A value as truncated JSON, for an error message. */
export function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 200);
}
