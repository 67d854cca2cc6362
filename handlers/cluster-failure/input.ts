/** A cluster that has ended, and what the workflow knows of its failure. */
export interface FailureInput {
  readonly clusterId: string;
  readonly cause: string;
}

/** The state machine passed something that names no failure: a mistake in its definition, not worth a retry. */
export class InvalidFailureError extends Error {
  override readonly name = 'InvalidFailureError';
}

const CLUSTER_ID = /^j-[0-9A-Z]{1,30}$/;

/**
 * Checks the Lambda's event.
 *
 * @throws InvalidFailureError with what was received
 */
export function parseFailure(event: unknown): FailureInput {
  const fields = new Map<string, unknown>(Object.entries(event ?? {}));
  const [clusterId, cause] = [fields.get('clusterId'), fields.get('cause')];
  if (typeof clusterId === 'string' && CLUSTER_ID.test(clusterId) && typeof cause === 'string') {
    return { clusterId, cause };
  }
  const received = (JSON.stringify(event) as string | undefined) ?? 'nothing';
  throw new InvalidFailureError(
    `The event is ${received.slice(0, 200)}: expected {clusterId, cause}, the id such as j-1ABCDEFGHIJKL.`,
  );
}
