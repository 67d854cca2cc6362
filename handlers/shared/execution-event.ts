/** An execution that has come to its end, as EventBridge tells. */
export interface EndedExecution {
  readonly executionArn: string;
  readonly status: string;
  /** Epoch milliseconds. */
  readonly stoppedAt: number;
}

/** The event is none that the function was made for: a mistake in its rule, not worth a retry. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

const EXECUTION = /^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/;

/**
 * Reads a "Step Functions Execution Status Change" event.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 * @throws InvalidEventError naming what is not as expected
 */
export function parseExecutionEvent(event: unknown): EndedExecution {
  const detail = fieldsOf(fieldsOf(event).get('detail'));
  const executionArn = detail.get('executionArn');
  const status = detail.get('status');
  const stoppedAt = detail.get('stopDate');
  const isComplete =
    typeof executionArn === 'string' && typeof status === 'string' && typeof stoppedAt === 'number';
  if (!isComplete || !EXECUTION.test(executionArn)) {
    throw new InvalidEventError(
      `The event is no end of an execution: expected detail.executionArn (an ARN), detail.status and detail.stopDate ` +
        `(milliseconds), got ${show(Object.fromEntries(detail))}.`,
    );
  }
  return { executionArn, status, stoppedAt };
}

/** Whether EventBridge sent the event because it was time to. */
export function isScheduled(event: unknown): boolean {
  return fieldsOf(event).get('detail-type') === 'Scheduled Event';
}

function fieldsOf(value: unknown): Map<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function show(value: unknown): string {
  return JSON.stringify(value).slice(0, 200);
}
