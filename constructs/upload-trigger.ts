import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue';
import { jsonText } from './support/json-text';
import type { PrivateBucket } from './private-bucket';
import type { ServiceRole } from './service-role';

export interface UploadTriggerProps {
  readonly ruleName: string;
  readonly description: string;
  readonly bucket: PrivateBucket;
  /** Prefix of the objects that start the state machine. */
  readonly prefix: string;
  readonly stateMachineArn: string;
  readonly role: ServiceRole;
  readonly deadLetters: DeadLetterQueue;
}

/** Starts a state machine with the S3 event when an object with content is created under a prefix. */
export class UploadTrigger extends Construct {
  constructor(scope: Construct, id: string, props: UploadTriggerProps) {
    super(scope, id);
    new S3BucketNotification(this, 'Notification', { bucket: props.bucket.resource.id, eventbridge: true });
    const rule = new CloudwatchEventRule(this, 'Resource', {
      name: props.ruleName,
      description: props.description,
      eventPattern: jsonText({
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: {
          bucket: { name: [props.bucket.bucketName] },
          // An empty object is a directory marker.
          object: { key: [{ prefix: props.prefix }], size: [{ numeric: ['>', 0] }] },
        },
      }),
    });
    new CloudwatchEventTarget(this, 'Target', {
      rule: rule.name,
      targetId: 'state-machine',
      arn: props.stateMachineArn,
      roleArn: props.role.arn,
      deadLetterConfig: { arn: props.deadLetters.queueArn },
      dependsOn: [...props.role.ready, props.deadLetters.resource],
    });
  }
}
