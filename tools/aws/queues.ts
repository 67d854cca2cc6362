import { SQS } from '@aws-sdk/client-sqs';
import { TaskError } from '../cli/errors';
import { arnOf } from './arns';
import type { Target } from './target';

/** Creates a queue to which a service can send messages for one resource of this target. */
export async function createQueueFor(
  target: Pick<Target, 'account' | 'client' | 'region'>,
  QueueName: string,
  service: string,
  sourceArn: string,
  tags: Record<string, string> = {},
): Promise<{ readonly url: string; readonly arn: string }> {
  const arn = arnOf(target, 'sqs', QueueName);
  const statement = {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sqs:SendMessage',
    Resource: arn,
    Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const { QueueUrl } = await target.client(SQS).createQueue({ QueueName, Attributes: { Policy }, tags });
  if (QueueUrl === undefined) throw new TaskError('CreateQueue returned no URL.');
  return { url: QueueUrl, arn };
}
