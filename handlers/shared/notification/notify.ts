import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { createClient } from '../aws-clients';
import { requiredVariable } from '../environment';
import { type EndedExecution, parseExecutionEvent } from '../execution-event';
import { type ComputeFacts, computeOrProblem, type Notice, subjectOf, textOf } from './notice';

/** What differs between the notifiers of the pipelines. */
export interface NotifierOptions {
  /** What the execution has started; undefined when nothing. */
  readonly findCompute: (execution: EndedExecution) => Promise<ComputeFacts | undefined>;
  /** Command that runs the execution again, from that of the pipeline. */
  readonly rerunOf: (command: string, execution: EndedExecution) => string;
}

/**
 * Handler that publishes one message about an execution that has ended: why, with the last lines of its log, what it cost
 * and how to run it again. Its event is EventBridge's "Step Functions Execution Status Change".
 *
 * The message has as much about the compute as can be found out: only a message that could not be published is an error,
 * so that Lambda tries again and nobody gets the same message twice.
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
      // Lambda's own JSON log has the request id: three clients leave no room for a logger in a bundle that starts fast.
      compute: await computeOrProblem(() => findCompute(execution), console.warn),
    };
    await sns.send(
      new PublishCommand({ TopicArn: topicArn, Subject: subjectOf(notice), Message: textOf(notice) }),
    );
    console.info({ notified: execution.executionArn, status: execution.status });
  };
}
