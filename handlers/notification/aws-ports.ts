import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { NotifyPorts } from './notify';

/** Step Functions to ask and the SNS topic `topicArn` to tell. */
export function awsPorts(
  topicArn: string,
  config: { readonly requestHandler: object },
): Pick<NotifyPorts, 'describe' | 'publish'> {
  const stepFunctions = new SFNClient(config);
  const sns = new SNSClient(config);
  return {
    describe: async (executionArn) => {
      const { startDate, input, output, error, cause } = await stepFunctions.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      return { startedAt: startDate, input, output, error, cause };
    },
    publish: async (subject, text) => {
      await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
    },
  };
}
