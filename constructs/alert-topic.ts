import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import type { DataKey } from './data-key';
import { policyDocument } from './support/policy-document';

export interface AlertTopicProps {
  readonly topicName: string;
  /** ARN of the topic, computed from its name. */
  readonly topicArn: string;
  readonly accountId: string;
  /** ARN patterns of the alarms that may publish. */
  readonly alarmArns: readonly string[];
  /** E-mail address of the subscription; undefined for no subscription. */
  readonly email: string | undefined;
  /** Key that encrypts the messages and that CloudWatch may use. @default encryption at rest of SNS without a KMS key */
  readonly key: DataKey | undefined;
}

/**
 * Topic of notifications, which contain log lines. The AWS managed key of SNS (`alias/aws/sns`) is not an option: its key policy
 * does not allow CloudWatch to publish.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export class AlertTopic extends Construct {
  readonly topicArn: string;
  readonly resource: SnsTopic;

  constructor(scope: Construct, id: string, props: AlertTopicProps) {
    super(scope, id);
    const { topicArn, accountId, alarmArns, email } = props;
    this.topicArn = topicArn;
    this.resource = new SnsTopic(this, 'Resource', {
      name: props.topicName,
      ...(props.key && { kmsMasterKeyId: props.key.keyArn }),
    });
    new SnsTopicPolicy(this, 'Policy', {
      arn: this.resource.arn,
      policy: policyDocument([
        {
          sid: 'DenyPlainHttp',
          effect: 'Deny',
          principals: { AWS: '*' },
          actions: ['sns:Publish'],
          resources: [topicArn],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          sid: 'TakeFromAlarms',
          principals: { Service: 'cloudwatch.amazonaws.com' },
          actions: ['sns:Publish'],
          resources: [topicArn],
          conditions: {
            StringEquals: { 'aws:SourceAccount': accountId },
            ArnLike: { 'aws:SourceArn': alarmArns },
          },
        },
      ]),
    });
    if (email !== undefined) {
      new SnsTopicSubscription(this, 'Email', {
        topicArn: this.resource.arn,
        protocol: 'email',
        endpoint: email,
      });
    }
  }
}
