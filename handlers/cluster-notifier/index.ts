import { EMRClient } from '@aws-sdk/client-emr';
import { S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { notify } from '../shared/notification/notify';
import { requiredVariable } from '../shared/environment';
import { parseExecutionEvent } from '../shared/execution-event';
import { type ClusterPlace, findClusterFacts } from '../shared/compute/find-cluster-facts';

const rerun = requiredVariable('RERUN_COMMAND');
const name = requiredVariable('PIPELINE');
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const place: ClusterPlace = {
  emr: new EMRClient({ requestHandler }),
  s3: new S3Client({ requestHandler }),
  pipeline: name,
  region: requiredVariable('AWS_REGION'),
};
const sns = new SNSClient({ requestHandler });
const topicArn = requiredVariable('TOPIC_ARN');

/**
 * Tells the topic how an execution of the covid workflow has ended: why, with the last lines of the failed step's log, what
 * its cluster has cost and how to run it again.
 *
 * @param event EventBridge's "Step Functions Execution Status Change".
 */
export async function handler(event: unknown): Promise<void> {
  const execution = parseExecutionEvent(event);
  const pipeline = { name, rerun };
  await notify(execution, pipeline, {
    findCompute: () => findClusterFacts(place, execution),
    publish: (subject, text) =>
      sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text })),
    // Lambda's own JSON log has the request id: three clients leave no room for a logger in a bundle that starts fast.
    onProblem: (problem) => {
      console.warn(problem);
    },
  });
  console.info({ told: execution.executionArn, status: execution.status });
}
