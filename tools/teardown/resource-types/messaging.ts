import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteScheduleGroupCommand,
  GetScheduleGroupCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { DeleteTopicCommand, GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Target } from '../../aws/target';
import { ignoreNotFound } from '../../aws/aws-errors';
import { arnOf } from '../../aws/arns';
import { namedKind } from './named-kind';

export const scheduleGroupKind = namedKind({
  title: 'schedule group',
  arn: /^arn:[^:]+:scheduler:[^:]*:\d+:schedule-group\/(.+)$/,
  names: ({ scheduleGroups }) => scheduleGroups,
  arnOf: (target, name) => arnOf(target, 'scheduler', `schedule-group/${name}`),
  getStatus: async (target, Name) => {
    const call = target.client(SchedulerClient).send(new GetScheduleGroupCommand({ Name }));
    return (await ignoreNotFound(call, 'ResourceNotFoundException')) ? 'present' : 'gone';
  },
  // Scheduler deletes its schedules with it.
  remove: async (target, Name) => {
    await target.client(SchedulerClient).send(new DeleteScheduleGroupCommand({ Name }));
  },
});

export const ruleKind = namedKind({
  title: 'EventBridge rule',
  arn: /^arn:[^:]+:events:[^:]*:\d+:rule\/([^/]+)$/,
  names: ({ rules }) => rules,
  arnOf: (target, name) => arnOf(target, 'events', `rule/${name}`),
  getStatus: async (target, Name) => {
    const call = target.client(EventBridgeClient).send(new DescribeRuleCommand({ Name }));
    return (await ignoreNotFound(call, 'ResourceNotFoundException')) ? 'present' : 'gone';
  },
  remove: async (target, name) => {
    const events = target.client(EventBridgeClient);
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: name }));
    const Ids = Targets.flatMap(({ Id }) => (Id === undefined ? [] : [Id]));
    if (Ids.length > 0) await events.send(new RemoveTargetsCommand({ Rule: name, Ids }));
    await events.send(new DeleteRuleCommand({ Name: name }));
  },
});

async function queueUrl(target: Target, QueueName: string): Promise<string | undefined> {
  const call = target.client(SQSClient).send(new GetQueueUrlCommand({ QueueName }));
  const found = await ignoreNotFound(call, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue');
  return found?.QueueUrl;
}

export const queueKind = namedKind({
  title: 'SQS queue',
  arn: /^arn:[^:]+:sqs:[^:]*:\d+:(.+)$/,
  names: ({ queues }) => queues,
  arnOf: (target, name) => arnOf(target, 'sqs', name),
  getStatus: async (target, name) => ((await queueUrl(target, name)) === undefined ? 'gone' : 'present'),
  remove: async (target, name) => {
    const QueueUrl = await queueUrl(target, name);
    if (QueueUrl !== undefined) await target.client(SQSClient).send(new DeleteQueueCommand({ QueueUrl }));
  },
});

export const topicKind = namedKind({
  title: 'SNS topic',
  arn: /^arn:[^:]+:sns:[^:]*:\d+:([^:]+)$/,
  names: ({ topics }) => topics,
  arnOf: (target, name) => arnOf(target, 'sns', name),
  getStatus: async (target, name) => {
    const TopicArn = arnOf(target, 'sns', name);
    const call = target.client(SNSClient).send(new GetTopicAttributesCommand({ TopicArn }));
    return (await ignoreNotFound(call, 'NotFoundException', 'NotFound')) ? 'present' : 'gone';
  },
  remove: async (target, name) => {
    await target.client(SNSClient).send(new DeleteTopicCommand({ TopicArn: arnOf(target, 'sns', name) }));
  },
});
