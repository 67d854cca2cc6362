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
import { ignoreNotFound } from '../../aws/aws-errors';
import { arnOf } from '../../aws/arns';
import { namedKind } from './named-kind';

export const logGroupKind = namedKind({
  title: 'log group',
  // Some APIs end the ARN with the wildcard of its streams.
  arn: /^arn:[^:]+:logs:[^:]*:\d+:log-group:([^:]+)(?::\*)?$/,
  names: ({ logGroups }) => logGroups,
  arnOf: (target, name) => arnOf(target, 'logs', `log-group:${name}`),
  getStatus: async (target, name) => {
    const { logGroups = [] } = await target
      .client(CloudWatchLogsClient)
      .send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
    // The exact name sorts before all that begin with it.
    return logGroups.some(({ logGroupName }) => logGroupName === name) ? 'present' : 'gone';
  },
  remove: async (target, logGroupName) => {
    await target.client(CloudWatchLogsClient).send(new DeleteLogGroupCommand({ logGroupName }));
  },
});

export const alarmKind = namedKind({
  title: 'CloudWatch alarm',
  arn: /^arn:[^:]+:cloudwatch:[^:]*:\d+:alarm:(.+)$/,
  names: ({ alarms }) => alarms,
  arnOf: (target, name) => arnOf(target, 'cloudwatch', `alarm:${name}`),
  getStatus: async (target, name) => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await target
      .client(CloudWatchClient)
      .send(new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }));
    return MetricAlarms.length + CompositeAlarms.length > 0 ? 'present' : 'gone';
  },
  remove: async (target, name) => {
    await target.client(CloudWatchClient).send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
  },
});

export const dashboardKind = namedKind({
  title: 'CloudWatch dashboard',
  arn: /^arn:[^:]+:cloudwatch::\d+:dashboard\/(.+)$/,
  names: ({ dashboards }) => dashboards,
  arnOf: (target, name) => arnOf(target, 'cloudwatch', `dashboard/${name}`, { region: '' }),
  getStatus: async (target, DashboardName) => {
    const call = target.client(CloudWatchClient).send(new GetDashboardCommand({ DashboardName }));
    const found = await ignoreNotFound(
      call,
      'ResourceNotFound',
      'DashboardNotFoundError',
      'ResourceNotFoundException',
    );
    return found ? 'present' : 'gone';
  },
  remove: async (target, name) => {
    await target.client(CloudWatchClient).send(new DeleteDashboardsCommand({ DashboardNames: [name] }));
  },
});
