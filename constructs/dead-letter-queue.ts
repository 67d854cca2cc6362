import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Construct } from 'constructs';
import type { DataKey } from './data-key';
import { policyDocument, type PolicyStatement } from './support/policy-document';

export interface DeadLetterQueueProps {
  readonly queueName: string;
  /** ARN of the queue, computed from its name. */
  readonly queueArn: string;
  /** ARNs of EventBridge rules that send undelivered events to the queue. */
  readonly ruleArns: readonly string[];
  /** Key that encrypts the messages; SSE-SQS when undefined. */
  readonly key: DataKey | undefined;
}

/** Maximum of SQS. */
const RETENTION_SECONDS = 14 * 24 * 3600;

/** Queue of undelivered events, for an operator. */
export class DeadLetterQueue extends Construct {
  readonly queueArn: string;
  readonly resource: SqsQueue;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.queueArn = props.queueArn;
    this.resource = new SqsQueue(this, 'Resource', {
      name: props.queueName,
      ...(props.key ? { kmsMasterKeyId: props.key.keyArn } : { sqsManagedSseEnabled: true }),
      messageRetentionSeconds: RETENTION_SECONDS,
    });
    new SqsQueuePolicy(this, 'Policy', {
      queueUrl: this.resource.url,
      policy: policyDocument(this.statements(props)),
    });
  }

  private statements({ queueArn, ruleArns }: DeadLetterQueueProps): PolicyStatement[] {
    const denyPlainHttp: PolicyStatement = {
      sid: 'DenyPlainHttp',
      effect: 'Deny',
      principals: { AWS: '*' },
      actions: ['sqs:*'],
      resources: [queueArn],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    if (ruleArns.length === 0) return [denyPlainHttp];
    const takeFromRules: PolicyStatement = {
      sid: 'TakeFromRules',
      principals: { Service: 'events.amazonaws.com' },
      actions: ['sqs:SendMessage'],
      resources: [queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': ruleArns } },
    };
    return [denyPlainHttp, takeFromRules];
  }
}
