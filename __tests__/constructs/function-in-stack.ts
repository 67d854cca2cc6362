import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerraformStack, Testing } from 'cdktf';
import { AlertTopic, type AlertTopicProps } from '../../constructs/alert-topic';
import { DeadLetterQueue } from '../../constructs/dead-letter-queue';
import { LogGroup } from '../../constructs/log-group';
import { NodeFunction } from '../../constructs/node-function';
import { ServiceRole } from '../../constructs/service-role';
import type { Synthesized } from '../support/synth';

const HOME = 'us-east-1:123456789012';

export const QUEUE_ARN = `arn:aws:sqs:${HOME}:dead-letters`;
export const FUNCTION_ARN = `arn:aws:lambda:${HOME}:function:reaper`;
export const TOPIC_ARN = `arn:aws:sns:${HOME}:alerts`;

/** What `add` adds to an empty stack. */
export function synthStack(add: (stack: TerraformStack) => void): Synthesized {
  const stack = new TerraformStack(Testing.app(), 'stack');
  add(stack);
  return JSON.parse(Testing.synth(stack)) as Synthesized;
}

export function deadLettersIn(stack: TerraformStack): DeadLetterQueue {
  return new DeadLetterQueue(stack, 'DeadLetters', {
    queueName: 'dead-letters',
    queueArn: QUEUE_ARN,
    ruleArns: [],
  });
}

export function topicIn(stack: TerraformStack, props: Partial<AlertTopicProps> = {}): AlertTopic {
  return new AlertTopic(stack, 'Topic', {
    topicName: 'alerts',
    topicArn: TOPIC_ARN,
    accountId: '123456789012',
    alarmArns: [`arn:aws:cloudwatch:${HOME}:alarm:app-*`],
    email: undefined,
    ...props,
  });
}

export function functionIn(stack: TerraformStack): NodeFunction {
  const zipPath = join(mkdtempSync(join(tmpdir(), 'function-')), 'index.zip');
  writeFileSync(zipPath, 'content');
  return new NodeFunction(stack, 'Function', {
    functionName: 'reaper',
    functionArn: FUNCTION_ARN,
    description: 'Ends what is left',
    zipPath,
    environment: {},
    role: new ServiceRole(stack, 'Role', {
      roleName: 'reaper',
      roleArn: 'arn:aws:iam::123456789012:role/reaper',
      description: 'Role of the reaper',
      service: 'lambda.amazonaws.com',
      accountId: '123456789012',
      statements: [{ sid: 'Nothing', actions: ['sqs:SendMessage'], resources: [QUEUE_ARN] }],
    }),
    logGroup: new LogGroup(stack, 'Logs', {
      logGroupName: '/aws/lambda/reaper',
      logGroupArn: `arn:aws:logs:${HOME}:log-group:/aws/lambda/reaper`,
      retentionDays: 30,
    }),
  });
}
