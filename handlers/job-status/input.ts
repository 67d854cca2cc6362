/** Which job run to look at. */
export interface JobStatusInput {
  readonly applicationId: string;
  readonly jobRunId: string;
  /** `s3://bucket/prefix` that the job run's logs go to; the job run's own setting when absent. */
  readonly logUri: string | undefined;
}

/** The state machine passed something that names no job run: a mistake in its definition, not worth a retry. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

/** Letters, digits, dots, underscores and hyphens, as in EMR Serverless's own pattern for ids. */
const ID = /^[\w.-]{1,64}$/;
const AN_ID = 'an id such as 00fm3oi5k1g7ah09';
const LOG_URI = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/;

/**
 * Checks the Lambda's event.
 *
 * @throws InvalidInputError naming every bad field and the value received.
 */
export function parseInput(event: unknown): JobStatusInput {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new InvalidInputError(`The event is ${show(event)}: expected {applicationId, jobRunId, logUri?}.`);
  }
  const fields = new Map<string, unknown>(Object.entries(event));
  const applicationId = matching(fields.get('applicationId'), ID);
  const jobRunId = matching(fields.get('jobRunId'), ID);
  const sentLogUri = fields.get('logUri') ?? undefined;
  const logUri = matching(sentLogUri, LOG_URI);
  if (applicationId !== undefined && jobRunId !== undefined && logUri === sentLogUri) {
    return { applicationId, jobRunId, logUri };
  }
  const problems = [
    applicationId === undefined && `applicationId is ${show(fields.get('applicationId'))}, expected ${AN_ID}`,
    jobRunId === undefined && `jobRunId is ${show(fields.get('jobRunId'))}, expected ${AN_ID}`,
    logUri !== sentLogUri && `logUri is ${show(sentLogUri)}, expected s3://bucket/prefix/ or none`,
  ];
  throw new InvalidInputError(`The event names no job run: ${problems.filter(Boolean).join('; ')}.`);
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 100);
}
