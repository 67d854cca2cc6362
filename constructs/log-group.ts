import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Construct } from 'constructs';
import type { DataKey } from './data-key';
import type { PolicyStatement } from './support/policy-document';

export interface LogGroupProps {
  readonly logGroupName: string;
  /** ARN of the group, computed from its name, without `:*`. */
  readonly logGroupArn: string;
  readonly retentionDays: number;
  /** Key that encrypts the events; encryption of CloudWatch Logs without a KMS key when undefined. */
  readonly key: DataKey | undefined;
}

/**
 * Log group with retention. Only Terraform creates log groups: a service that writes after tear-down cannot create the group
 * again.
 */
export class LogGroup extends Construct {
  readonly logGroupName: string;
  readonly logGroupArn: string;
  readonly resource: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, props: LogGroupProps) {
    super(scope, id);
    this.logGroupName = props.logGroupName;
    this.logGroupArn = props.logGroupArn;
    this.resource = new CloudwatchLogGroup(this, 'Resource', {
      name: props.logGroupName,
      retentionInDays: props.retentionDays,
      ...(props.key && { kmsKeyId: props.key.keyArn }),
    });
  }

  /** Permission to write to the group. */
  writeStatement(): PolicyStatement {
    return {
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${this.logGroupArn}:*`],
    };
  }
}
