import type { PolicyStatement } from '../constructs/support/policy-document';
import type { Retrier, State } from './states-language';
import { catchEverything, query, retry } from './task-parts';

export interface FailureExplanation {
  /** ARN of the Lambda that receives `{clusterId, cause}` and returns `{cause}`. */
  readonly functionArn: string;
  readonly rerunCommand: string;
}

/** Timeout of the function in seconds: it waits up to a minute for the log, and reads it. */
export const EXPLANATION_SECONDS = 120;
const MARGIN_SECONDS = 30;

/** The function is read-only: all errors are retried, except timeouts, because the function already waits for the log. */
const RETRY: Retrier[] = [
  { ErrorEquals: ['States.Timeout', 'Sandbox.Timedout'], IntervalSeconds: 1, MaxAttempts: 0, BackoffRate: 1 },
  ...retry(['States.ALL']),
];

/** Limit of the cause without the command; Step Functions allows 32,768 characters. */
const MAX_CAUSE_LENGTH = 32_000;

/** Text before the command, also in the response of the function. */
const RERUN = '\\nRun it again: ';

/** State that adds the log to the cause of `$failure`; an error does not change the cause. */
export function explainState({ functionArn }: FailureExplanation, next: string): State {
  return {
    Type: 'Task',
    Comment:
      'EMR uploads a log completely only when the cluster ends. Without an answer the known cause stands',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: {
      FunctionName: functionArn,
      Payload: { clusterId: query('$clusterId'), cause: query('$failure.cause') },
    },
    TimeoutSeconds: EXPLANATION_SECONDS + MARGIN_SECONDS,
    Retry: RETRY,
    Catch: catchEverything({ Next: next }),
    Assign: {
      failure: {
        error: query('$failure.error'),
        cause: query(
          "$type($states.result.Payload.cause) = 'string' ? $states.result.Payload.cause : $failure.cause",
        ),
      },
    },
    Next: next,
  };
}

/** End of a failed execution; the cause always contains the command that runs the pipeline again. */
export function failState({ rerunCommand }: FailureExplanation): State {
  const cause = `$substring($failure.cause, 0, ${MAX_CAUSE_LENGTH})`;
  return {
    Type: 'Fail',
    Error: query('$failure.error'),
    Cause: query(`${cause} & ($contains($failure.cause, '${RERUN}') ? '' : '${RERUN}${rerunCommand}')`),
  };
}

/** Permission for {@link explainState}. */
export function explainStatement({ functionArn }: FailureExplanation): PolicyStatement {
  return { sid: 'ExplainFailure', actions: ['lambda:InvokeFunction'], resources: [functionArn] };
}
