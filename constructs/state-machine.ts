import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { jsonText } from './support/json-text';
import type { LogGroup } from './log-group';
import type { PolicyStatement } from './support/policy-document';
import type { ServiceRole } from './service-role';

export interface StateMachineProps {
  readonly stateMachineName: string;
  /** ARN of the state machine, computed from its name. */
  readonly stateMachineArn: string;
  /** Amazon States Language, as data. */
  readonly definition: object;
  readonly role: ServiceRole;
  readonly logGroup: LogGroup;
  /** Log level; ALL includes the data of every state. */
  readonly logLevel: 'OFF' | 'FATAL' | 'ERROR' | 'ALL';
  /** Whether executions are traced with X-Ray; the role needs `tracingStatement()`. */
  readonly traced: boolean;
}

/** Standard workflow with logging. */
export class StateMachine extends Construct {
  readonly stateMachineArn: string;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    this.stateMachineArn = props.stateMachineArn;
    new SfnStateMachine(this, 'Resource', {
      name: props.stateMachineName,
      type: 'STANDARD',
      roleArn: props.role.arn,
      definition: jsonText(props.definition),
      loggingConfiguration: {
        level: props.logLevel,
        includeExecutionData: props.logLevel !== 'OFF',
        logDestination: `${props.logGroup.logGroupArn}:*`,
      },
      ...(props.traced && { tracingConfiguration: { enabled: true } }),
      dependsOn: [...props.role.ready, props.logGroup.resource],
    });
  }

  /**
   * Permission to write the execution log.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
   */
  static loggingStatement(): PolicyStatement {
    return {
      sid: 'DeliverExecutionLog',
      actions: [
        'logs:CreateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:DescribeLogGroups',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:UpdateLogDelivery',
      ],
      resources: ['*'],
      wildcardReason: 'the log delivery actions of CloudWatch Logs do not support resources',
    };
  }
}
