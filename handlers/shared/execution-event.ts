import { show } from './event-fields';

/** An execution that has ended, as EventBridge and DescribeExecution report it. */
export interface EndedExecution {
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly stoppedAt: Date;
  /** JSON; undefined when there is none, or when it is too long for an event (248 KB). */
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** The event is not one that the function was made for: a mistake in its rule, not worth a retry. */
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
  const executionArn = textIn(detail, 'executionArn');
  const status = textIn(detail, 'status');
  const stoppedAt = timeIn(detail, 'stopDate');
  if (!executionArn || !EXECUTION.test(executionArn) || !status || !stoppedAt) {
    throw new InvalidEventError(
      `The event is not the end of an execution: expected detail.executionArn (an ARN), detail.status and detail.stopDate ` +
        `(milliseconds), got ${show(Object.fromEntries(detail))}.`,
    );
  }
  return {
    executionArn,
    status,
    stoppedAt,
    startedAt: timeIn(detail, 'startDate'),
    input: textIn(detail, 'input'),
    output: textIn(detail, 'output'),
    error: textIn(detail, 'error'),
    cause: textIn(detail, 'cause'),
  };
}

/** Whether a schedule sent the event. */
export function isScheduled(event: unknown): boolean {
  return fieldsOf(event).get('detail-type') === 'Scheduled Event';
}

function fieldsOf(value: unknown): Map<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function textIn(fields: Map<string, unknown>, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === 'string' ? value : undefined;
}

function timeIn(fields: Map<string, unknown>, name: string): Date | undefined {
  const value = fields.get(name);
  return typeof value === 'number' ? new Date(value) : undefined;
}
