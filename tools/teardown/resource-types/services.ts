import { AthenaClient, DeleteWorkGroupCommand, GetWorkGroupCommand } from '@aws-sdk/client-athena';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  FirehoseClient,
} from '@aws-sdk/client-firehose';
import { DeleteDatabaseCommand, GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import { DeleteFunctionCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteScheduleGroupCommand,
  GetScheduleGroupCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { DeleteStateMachineCommand, DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DeleteTopicCommand, GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { arnOf, stateMachineArn } from '../../aws/arns';
import { resourceType } from './resource-type';

export const scheduleGroupType = resourceType({
  ...{ title: 'schedule group', service: 'scheduler', path: 'schedule-group/', names: 'scheduleGroups' },
  get: ({ client }, Name) => client(SchedulerClient).send(new GetScheduleGroupCommand({ Name })),
  // Scheduler deletes its schedules with it.
  remove: ({ client }, Name) => client(SchedulerClient).send(new DeleteScheduleGroupCommand({ Name })),
});

export const ruleType = resourceType({
  ...{ title: 'EventBridge rule', service: 'events', path: 'rule/', idPattern: '([^/]+)', names: 'rules' },
  get: ({ client }, Name) => client(EventBridgeClient).send(new DescribeRuleCommand({ Name })),
  remove: async ({ client }, Name) => {
    const events = client(EventBridgeClient);
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    const Ids = Targets.flatMap(({ Id }) => Id ?? []);
    if (Ids.length > 0) await events.send(new RemoveTargetsCommand({ Rule: Name, Ids }));
    await events.send(new DeleteRuleCommand({ Name }));
  },
});

export const alarmType = resourceType({
  ...{ title: 'CloudWatch alarm', service: 'cloudwatch', path: 'alarm:', names: 'alarms' },
  get: async ({ client }, name) => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await client(CloudWatchClient).send(
      new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    return MetricAlarms[0] ?? CompositeAlarms[0];
  },
  remove: ({ client }, name) =>
    client(CloudWatchClient).send(new DeleteAlarmsCommand({ AlarmNames: [name] })),
});

export const dashboardType = resourceType({
  ...{ title: 'CloudWatch dashboard', service: 'cloudwatch', path: 'dashboard/', isGlobal: true },
  names: 'dashboards',
  get: ({ client }, DashboardName) =>
    client(CloudWatchClient).send(new GetDashboardCommand({ DashboardName })),
  notFound: ['ResourceNotFound', 'DashboardNotFoundError', 'ResourceNotFoundException'],
  remove: ({ client }, name) =>
    client(CloudWatchClient).send(new DeleteDashboardsCommand({ DashboardNames: [name] })),
});

export const logGroupType = resourceType({
  // Some APIs end the ARN with the wildcard of its streams.
  ...{ title: 'log group', service: 'logs', path: 'log-group:', idPattern: '([^:]+)(?::\\*)?' },
  names: 'logGroups',
  get: async ({ client }, name) => {
    const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: name });
    const { logGroups = [] } = await client(CloudWatchLogsClient).send(command);
    // The exact name sorts before all that begin with it.
    return logGroups.find(({ logGroupName }) => logGroupName === name);
  },
  remove: ({ client }, logGroupName) =>
    client(CloudWatchLogsClient).send(new DeleteLogGroupCommand({ logGroupName })),
});

export const functionType = resourceType({
  ...{ title: 'Lambda function', service: 'lambda', path: 'function:', idPattern: '([^:]+)' },
  names: 'functions',
  get: ({ client }, FunctionName) =>
    client(LambdaClient).send(new GetFunctionConfigurationCommand({ FunctionName })),
  remove: ({ client }, FunctionName) =>
    client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName })),
});

export const stateMachineType = resourceType({
  ...{ title: 'state machine', service: 'states', path: 'stateMachine:', idPattern: '([^:]+)' },
  names: 'stateMachines',
  get: (target, name) => {
    const command = new DescribeStateMachineCommand({ stateMachineArn: stateMachineArn(target, name) });
    return target.client(SFNClient).send(command);
  },
  notFound: ['StateMachineDoesNotExist'],
  remove: (target, name) => {
    const command = new DeleteStateMachineCommand({ stateMachineArn: stateMachineArn(target, name) });
    return target.client(SFNClient).send(command);
  },
});

export const deliveryStreamType = resourceType({
  ...{ title: 'Firehose stream', service: 'firehose', path: 'deliverystream/', names: 'deliveryStreams' },
  get: ({ client }, DeliveryStreamName) =>
    client(FirehoseClient).send(new DescribeDeliveryStreamCommand({ DeliveryStreamName })),
  remove: ({ client }, DeliveryStreamName) =>
    client(FirehoseClient).send(
      new DeleteDeliveryStreamCommand({ DeliveryStreamName, AllowForceDelete: true }),
    ),
});

export const databaseType = resourceType({
  ...{ title: 'Glue database', service: 'glue', path: 'database/', names: 'databases' },
  get: ({ client }, Name) => client(GlueClient).send(new GetDatabaseCommand({ Name })),
  notFound: ['EntityNotFoundException'],
  // Glue deletes its tables with it.
  remove: ({ client }, Name) => client(GlueClient).send(new DeleteDatabaseCommand({ Name })),
});

export const workgroupType = resourceType({
  ...{ title: 'Athena workgroup', service: 'athena', path: 'workgroup/', names: 'workgroups' },
  get: ({ client }, WorkGroup) => client(AthenaClient).send(new GetWorkGroupCommand({ WorkGroup })),
  notFound: ['InvalidRequestException'],
  remove: ({ client }, WorkGroup) =>
    client(AthenaClient).send(new DeleteWorkGroupCommand({ WorkGroup, RecursiveDeleteOption: true })),
});

export const queueType = resourceType({
  ...{ title: 'SQS queue', service: 'sqs', path: '', names: 'queues' },
  get: ({ client }, QueueName) => client(SQSClient).send(new GetQueueUrlCommand({ QueueName })),
  notFound: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
  remove: async ({ client }, QueueName) => {
    const { QueueUrl } = await client(SQSClient).send(new GetQueueUrlCommand({ QueueName }));
    await client(SQSClient).send(new DeleteQueueCommand({ QueueUrl }));
  },
});

export const topicType = resourceType({
  ...{ title: 'SNS topic', service: 'sns', path: '', idPattern: '([^:]+)', names: 'topics' },
  get: (target, name) => {
    const command = new GetTopicAttributesCommand({ TopicArn: arnOf(target, 'sns', name) });
    return target.client(SNSClient).send(command);
  },
  notFound: ['NotFoundException', 'NotFound'],
  remove: (target, name) =>
    target.client(SNSClient).send(new DeleteTopicCommand({ TopicArn: arnOf(target, 'sns', name) })),
});
