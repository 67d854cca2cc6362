import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue';
import type { NodeFunction } from './node-function';
import type { PolicyStatement } from './support/policy-document';

export interface AsynchronousRetriesProps {
  readonly function: NodeFunction;
  /** Receives the event and the error after the last retry; the role of the function must be allowed to send messages to it. */
  readonly deadLetters: DeadLetterQueue;
}

/** Maximum of Lambda; the delays are one and two minutes. */
const RETRIES = 2;
/** An event that is throttled for an hour needs an operator. */
const MAX_AGE_SECONDS = 3600;

/**
 * Retries of an asynchronous invocation. No concurrency is reserved: a new account has a limit of ten, and a throttled event
 * waits in the queue of Lambda.
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

  /** Permission for the role of the function. */
  static statement(queueArn: string): PolicyStatement {
    return { sid: 'SendToDeadLetterQueue', actions: ['sqs:SendMessage'], resources: [queueArn] };
  }
}
