import { Athena } from '@aws-sdk/client-athena';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Firehose } from '@aws-sdk/client-firehose';
import { Glue } from '@aws-sdk/client-glue';
import { Lambda } from '@aws-sdk/client-lambda';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SFN } from '@aws-sdk/client-sfn';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { arnOf, stateMachineArn } from '../../aws/arns';
import { resourceType } from './resource-type';

export const scheduleGroupType = resourceType({
  title: 'schedule group',
  service: 'scheduler',
  path: 'schedule-group/',
  names: 'scheduleGroups',
  get: ({ client }, Name) => client(Scheduler).getScheduleGroup({ Name }),
  // EventBridge Scheduler also deletes the schedules.
  remove: ({ client }, Name) => client(Scheduler).deleteScheduleGroup({ Name }),
});

export const ruleType = resourceType({
  title: 'EventBridge rule',
  service: 'events',
  path: 'rule/',
  idPattern: '([^/]+)',
  names: 'rules',
  get: ({ client }, Name) => client(EventBridge).describeRule({ Name }),
  remove: async ({ client }, Name) => {
    const events = client(EventBridge);
    const { Targets = [] } = await events.listTargetsByRule({ Rule: Name });
    const Ids = Targets.flatMap(({ Id }) => Id ?? []);
    if (Ids.length > 0) await events.removeTargets({ Rule: Name, Ids });
    await events.deleteRule({ Name });
  },
});

export const alarmType = resourceType({
  title: 'CloudWatch alarm',
  service: 'cloudwatch',
  path: 'alarm:',
  names: 'alarms',
  get: async ({ client }, name) => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await client(CloudWatch).describeAlarms({
      AlarmNames: [name],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    });
    return MetricAlarms[0] ?? CompositeAlarms[0];
  },
  remove: ({ client }, name) => client(CloudWatch).deleteAlarms({ AlarmNames: [name] }),
});

export const dashboardType = resourceType({
  title: 'CloudWatch dashboard',
  service: 'cloudwatch',
  path: 'dashboard/',
  isGlobal: true,
  names: 'dashboards',
  get: ({ client }, DashboardName) => client(CloudWatch).getDashboard({ DashboardName }),
  notFound: ['ResourceNotFound', 'DashboardNotFoundError', 'ResourceNotFoundException'],
  remove: ({ client }, name) => client(CloudWatch).deleteDashboards({ DashboardNames: [name] }),
});

export const logGroupType = resourceType({
  // In some APIs the ARN ends with the wildcard of the streams.
  title: 'log group',
  service: 'logs',
  path: 'log-group:',
  idPattern: '([^:]+)(?::\\*)?',
  names: 'logGroups',
  get: async ({ client }, name) => {
    const { logGroups = [] } = await client(CloudWatchLogs).describeLogGroups({ logGroupNamePrefix: name });
    // The exact name sorts before names that start with it.
    return logGroups.find(({ logGroupName }) => logGroupName === name);
  },
  remove: ({ client }, logGroupName) => client(CloudWatchLogs).deleteLogGroup({ logGroupName }),
});

export const functionType = resourceType({
  title: 'Lambda function',
  service: 'lambda',
  path: 'function:',
  idPattern: '([^:]+)',
  names: 'functions',
  get: ({ client }, FunctionName) => client(Lambda).getFunctionConfiguration({ FunctionName }),
  remove: ({ client }, FunctionName) => client(Lambda).deleteFunction({ FunctionName }),
});

export const stateMachineType = resourceType({
  title: 'state machine',
  service: 'states',
  path: 'stateMachine:',
  idPattern: '([^:]+)',
  names: 'stateMachines',
  get: (target, name) => {
    return target.client(SFN).describeStateMachine({ stateMachineArn: stateMachineArn(target, name) });
  },
  notFound: ['StateMachineDoesNotExist'],
  remove: (target, name) => {
    return target.client(SFN).deleteStateMachine({ stateMachineArn: stateMachineArn(target, name) });
  },
});

export const deliveryStreamType = resourceType({
  title: 'Firehose stream',
  service: 'firehose',
  path: 'deliverystream/',
  names: 'deliveryStreams',
  get: ({ client }, DeliveryStreamName) => client(Firehose).describeDeliveryStream({ DeliveryStreamName }),
  remove: ({ client }, DeliveryStreamName) =>
    client(Firehose).deleteDeliveryStream({ DeliveryStreamName, AllowForceDelete: true }),
});

export const databaseType = resourceType({
  title: 'Glue database',
  service: 'glue',
  path: 'database/',
  names: 'databases',
  get: ({ client }, Name) => client(Glue).getDatabase({ Name }),
  notFound: ['EntityNotFoundException'],
  // Glue also deletes the tables.
  remove: ({ client }, Name) => client(Glue).deleteDatabase({ Name }),
});

export const workgroupType = resourceType({
  title: 'Athena workgroup',
  service: 'athena',
  path: 'workgroup/',
  names: 'workgroups',
  get: ({ client }, WorkGroup) => client(Athena).getWorkGroup({ WorkGroup }),
  notFound: ['InvalidRequestException'],
  remove: ({ client }, WorkGroup) =>
    client(Athena).deleteWorkGroup({ WorkGroup, RecursiveDeleteOption: true }),
});

export const queueType = resourceType({
  title: 'SQS queue',
  service: 'sqs',
  path: '',
  names: 'queues',
  get: ({ client }, QueueName) => client(SQS).getQueueUrl({ QueueName }),
  notFound: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
  remove: async ({ client }, QueueName) => {
    const { QueueUrl } = await client(SQS).getQueueUrl({ QueueName });
    await client(SQS).deleteQueue({ QueueUrl });
  },
});

export const topicType = resourceType({
  title: 'SNS topic',
  service: 'sns',
  path: '',
  idPattern: '([^:]+)',
  names: 'topics',
  get: (target, name) => {
    return target.client(SNS).getTopicAttributes({ TopicArn: arnOf(target, 'sns', name) });
  },
  notFound: ['NotFoundException', 'NotFound'],
  remove: (target, name) => target.client(SNS).deleteTopic({ TopicArn: arnOf(target, 'sns', name) }),
});
