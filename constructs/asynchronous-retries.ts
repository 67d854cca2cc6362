import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue';
import type { NodeFunction } from './node-function';
import type { PolicyStatement } from './support/policy-document';

export interface AsynchronousRetriesProps {
  readonly function: NodeFunction;
  /** Gets the event, with the error, when the last try has failed; the function's role must be allowed to send there. */
  readonly deadLetters: DeadLetterQueue;
}

/** As many as Lambda allows, a minute and then two apart. */
const RETRIES = 2;
/** After an hour of throttling a person must decide. */
const MAX_AGE_SECONDS = 3600;

/**
 * What happens to an event whose function throws. No concurrency is reserved: it would come out of the account's, of which
 * a new account has ten; an event that is throttled waits.
 */
export class AsynchronousRetries extends Construct {
  constructor(scope: Construct, id: string, { function: retried, deadLetters }: AsynchronousRetriesProps) {
    super(scope, id);
    new LambdaFunctionEventInvokeConfig(this, 'Resource', {
      functionName: retried.resource.functionName,
      maximumRetryAttempts: RETRIES,
      maximumEventAgeInSeconds: MAX_AGE_SECONDS,
      destinationConfig: { onFailure: { destination: deadLetters.queueArn } },
      dependsOn: [deadLetters.resource],
    });
  }

  /** What the function's role needs. */
  static statement(queueArn: string): PolicyStatement {
    return { sid: 'SendToDeadLetterQueue', actions: ['sqs:SendMessage'], resources: [queueArn] };
  }
}
