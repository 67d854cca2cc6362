import type { PolicyStatement } from '../constructs/support/policy-document';
import type { Retrier, State } from './states-language';
import { catchEverything, query, retry } from './task-parts';

/** What explains a failure after the compute has ended. */
export interface FailureExplanation {
  /** ARN of the Lambda that takes `{clusterId, cause}` and answers `{cause}`. */
  readonly functionArn: string;
  /** Command that runs the pipeline again. */
  readonly rerunCommand: string;
}

/** Time-out of the function, in seconds: it waits up to a minute for the log, and reads it. */
export const EXPLANATION_SECONDS = 120;
/** For the call, in addition to the function's own time. */
const MARGIN_SECONDS = 30;

/** The function only reads: all is retried but a time-out, as a second wait for the log would only put off the end. */
const RETRY: Retrier[] = [
  { ErrorEquals: ['States.Timeout', 'Sandbox.Timedout'], IntervalSeconds: 1, MaxAttempts: 0, BackoffRate: 1 },
  ...retry(['States.ALL']),
];

/** A cause has at most 32,768 characters; the command follows. */
const MAX_CAUSE_LENGTH = 32_000;

/** Precedes the command, here and in what the function answers. */
const RERUN = '\\nRun it again: ';

/** The state that replaces the cause of `$failure` by one that has the log; when it fails, the cause stays. */
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

/** The end of a failed execution: its cause names the command that runs it again, explained or not. */
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
