import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { createClient } from '../aws-clients';
import { requiredVariable } from '../environment';
import { type EndedExecution, parseExecutionEvent } from '../execution-event';
import { type ComputeFacts, computeOrProblem, type Notice, subjectOf, textOf } from './notice';

export interface NotifierOptions {
  /** The compute of the execution; undefined without compute. */
  readonly findCompute: (execution: EndedExecution) => Promise<ComputeFacts | undefined>;
  /** Command that runs the execution again, from the command of the pipeline. */
  readonly rerunOf: (command: string, execution: EndedExecution) => string;
}

/**
 * Handler of "Step Functions Execution Status Change" events that publishes one notification of an ended execution: reason, last
 * lines of the log, cost, and the command to run it again.
 *
 * Only a failed publication is an error, so that Lambda retries without duplicate notifications. Errors in the search for the
 * compute are part of the notification.
 */
export function notifier({ findCompute, rerunOf }: NotifierOptions): (event: unknown) => Promise<void> {
  const rerun = requiredVariable('RERUN_COMMAND');
  const pipeline = requiredVariable('PIPELINE');
  const topicArn = requiredVariable('TOPIC_ARN');
  const sns = createClient(SNSClient, {});
  return async (event) => {
    const execution = parseExecutionEvent(event);
    const notice: Notice = {
      execution,
      pipeline,
      rerun: rerunOf(rerun, execution),
      // The JSON log of Lambda has the request id; a logger would make the bundle with three clients start slowly.
      compute: await computeOrProblem(() => findCompute(execution), console.warn),
    };
    await sns.send(
      new PublishCommand({ TopicArn: topicArn, Subject: subjectOf(notice), Message: textOf(notice) }),
    );
    console.info({ notified: execution.executionArn, status: execution.status });
  };
}
