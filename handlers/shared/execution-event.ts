import { show } from './event-fields';

/** An ended execution from EventBridge or DescribeExecution. */
export interface EndedExecution {
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly stoppedAt: Date;
  /** JSON; undefined when there is none, or when it exceeds the limit of an event (248 KB). */
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** The function does not support the event; a retry cannot succeed. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

const EXECUTION = /^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/;

/**
 * Parses a "Step Functions Execution Status Change" event.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 * @throws InvalidEventError for any other event
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
