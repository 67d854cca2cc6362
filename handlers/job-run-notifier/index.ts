import { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { architectures } from '../shared/compute/job-run-cost';
import { notify } from '../shared/notification/notify';
import { choiceVariable, requiredVariable } from '../shared/environment';
import { parseExecutionEvent } from '../shared/execution-event';
import { rerunFor } from '../shared/compute/job-run-facts';
import { findJobRunFacts, type JobRunPlace } from '../shared/compute/find-job-run-facts';

/** A job run that is cancelled takes some seconds to its end, and some more to its bill and its logs. */
const PATIENCE_MS = 90_000;

const rerun = requiredVariable('RERUN_COMMAND');
const name = requiredVariable('PIPELINE');
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const place: JobRunPlace = {
  emrServerless: new EMRServerlessClient({ requestHandler }),
  s3: new S3Client({ requestHandler }),
  applicationId: requiredVariable('APPLICATION_ID'),
  placement: {
    region: requiredVariable('AWS_REGION'),
    architecture: choiceVariable('ARCHITECTURE', architectures),
  },
};
const sns = new SNSClient({ requestHandler });
const topicArn = requiredVariable('TOPIC_ARN');

/**
 * Tells the topic how an execution of the clicklogger workflow has ended: why, with the last lines of the job's log, what
 * it cost and how to run it again.
 *
 * @param event EventBridge's "Step Functions Execution Status Change".
 */
export async function handler(event: unknown): Promise<void> {
  const execution = parseExecutionEvent(event);
  const pipeline = { name, rerun: rerunFor(rerun, execution) };
  await notify(execution, pipeline, {
    findCompute: () => findJobRunFacts(place, execution, PATIENCE_MS),
    publish: (subject, text) =>
      sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text })),
    // Lambda's own JSON log has the request id: three clients leave no room for a logger in a bundle that starts fast.
    onProblem: (problem) => {
      console.warn(problem);
    },
  });
  console.info({ told: execution.executionArn, status: execution.status });
}
