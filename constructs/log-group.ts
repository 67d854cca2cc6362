import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Construct } from 'constructs';
import type { DataKey } from './data-key';
import type { PolicyStatement } from './support/policy-document';

export interface LogGroupProps {
  readonly logGroupName: string;
  /** ARN of the group, computed from its name, without `:*`. */
  readonly logGroupArn: string;
  readonly retentionDays: number;
  /** Key that encrypts the events; CloudWatch's own when undefined. */
  readonly key: DataKey | undefined;
}

/**
 * Log group with retention. Terraform owns every group, and no role may create one: a service that writes
 * after tear-down cannot bring the group back.
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

  /** What a role needs in order to write here. */
  writeStatement(): PolicyStatement {
    return {
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${this.logGroupArn}:*`],
    };
  }
}
