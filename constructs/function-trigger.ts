import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue';
import { jsonText } from './support/json-text';
import type { NodeFunction } from './node-function';

export interface FunctionTriggerProps {
  readonly ruleName: string;
  /** ARN of the rule, computed from its name. */
  readonly ruleArn: string;
  readonly description: string;
  /** Event pattern, or schedule expression `rate(…)` / `cron(…)`. */
  readonly when: { readonly pattern: object } | { readonly schedule: string };
  readonly function: NodeFunction;
  /** Receives the events that EventBridge could not deliver. */
  readonly deadLetters: DeadLetterQueue;
}

export class FunctionTrigger extends Construct {
  constructor(scope: Construct, id: string, props: FunctionTriggerProps) {
    super(scope, id);
    const { when, function: invoked, deadLetters } = props;
    const rule = new CloudwatchEventRule(this, 'Resource', {
      name: props.ruleName,
      description: props.description,
      ...('pattern' in when
        ? { eventPattern: jsonText(when.pattern) }
        : { scheduleExpression: when.schedule }),
    });
    const permission = new LambdaPermission(this, 'Permission', {
      statementId: props.ruleName,
      action: 'lambda:InvokeFunction',
      functionName: invoked.resource.functionName,
      principal: 'events.amazonaws.com',
      sourceArn: props.ruleArn,
    });
    new CloudwatchEventTarget(this, 'Target', {
      rule: rule.name,
      targetId: 'function',
      arn: invoked.functionArn,
      deadLetterConfig: { arn: deadLetters.queueArn },
      dependsOn: [permission, deadLetters.resource],
    });
  }
}
