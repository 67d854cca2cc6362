/** A required environment variable of the Lambda is missing or invalid. */
export class ConfigurationError extends Error {
  // A literal, because the bundle has minified class names.
  override readonly name = 'ConfigurationError';
}

/**
 * The value of an environment variable of this Lambda.
 *
 * @throws ConfigurationError when it is missing or blank.
 */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value.trim() === '') {
    throw new ConfigurationError(
      `Environment variable ${name} is ${value === undefined ? 'not set' : 'blank'}: set it on this Lambda function.`,
    );
  }
  return value;
}

/**
 * The value of an environment variable with a list of allowed values.
 *
 * @throws ConfigurationError when it is missing or another value.
 */
export function choiceVariable<const Choice extends string>(
  name: string,
  choices: readonly Choice[],
): Choice {
  const value = requiredVariable(name);
  const choice = choices.find((allowed) => allowed === value);
  if (choice === undefined) {
    throw new ConfigurationError(
      `Environment variable ${name} is '${value}': it must be ${choices.join(' or ')}.`,
    );
  }
  return choice;
}
