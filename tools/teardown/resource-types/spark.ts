import {
  DeleteSecurityConfigurationCommand,
  DeleteStudioCommand,
  DescribeSecurityConfigurationCommand,
  DescribeStudioCommand,
  EMRClient,
  paginateListStudios,
} from '@aws-sdk/client-emr';
import {
  DeleteApplicationCommand,
  EMRServerlessClient,
  GetApplicationCommand,
} from '@aws-sdk/client-emr-serverless';
import { ignoreNotFound } from '../../aws/aws-errors';
import { arnOf } from '../../aws/arns';
import type { ResourceType } from '../resource';
import { describeCluster, endClusters, listClusters } from '../../aws/clusters';
import { applicationIds, stopApplication } from '../../aws/job-runs';
import { namedKind } from './named-kind';

/** EMR lists ended clusters for two months. */
const ACTIVE_CLUSTERS = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING', 'TERMINATING'] as const;

export const clusterKind: ResourceType = {
  title: 'EMR cluster',
  arn: /^arn:[^:]+:elasticmapreduce:[^:]*:\d+:cluster\/(.+)$/,
  findByName: async (target) =>
    (await listClusters(target, { ClusterStates: [...ACTIVE_CLUSTERS] })).map(({ Id }) =>
      arnOf(target, 'elasticmapreduce', `cluster/${Id}`),
    ),
  getStatus: async (target, id) => ((await describeCluster(target, id)) ? 'present' : 'gone'),
  remove: (target, id) => endClusters(target, [id], () => undefined),
};

export const applicationKind: ResourceType = {
  title: 'EMR Serverless application',
  arn: /^arn:[^:]+:emr-serverless:[^:]*:\d+:\/applications\/([^/]+)$/,
  findByName: async (target) =>
    (await applicationIds(target)).map((id) => arnOf(target, 'emr-serverless', `/applications/${id}`)),
  getStatus: async (target, applicationId) => {
    const call = target.client(EMRServerlessClient).send(new GetApplicationCommand({ applicationId }));
    const found = await ignoreNotFound(call, 'ResourceNotFoundException');
    return found === undefined || found.application?.state === 'TERMINATED' ? 'gone' : 'present';
  },
  remove: async (target, applicationId) => {
    await stopApplication(target, applicationId, () => undefined);
    await target.client(EMRServerlessClient).send(new DeleteApplicationCommand({ applicationId }));
  },
};

export const studioKind: ResourceType = {
  title: 'EMR Studio',
  arn: /^arn:[^:]+:elasticmapreduce:[^:]*:\d+:studio\/(.+)$/,
  findByName: async (target, { studios }) => {
    const found: string[] = [];
    for await (const page of paginateListStudios({ client: target.client(EMRClient) }, {})) {
      const ours = (page.Studios ?? []).filter(({ Name = '' }) => studios.includes(Name));
      found.push(...ours.flatMap(({ StudioId }) => (StudioId === undefined ? [] : [StudioId])));
    }
    return found.map((id) => arnOf(target, 'elasticmapreduce', `studio/${id}`));
  },
  getStatus: async (target, StudioId) => {
    const call = target.client(EMRClient).send(new DescribeStudioCommand({ StudioId }));
    return (await ignoreNotFound(call, 'InvalidRequestException')) ? 'present' : 'gone';
  },
  remove: async (target, StudioId) => {
    await target.client(EMRClient).send(new DeleteStudioCommand({ StudioId }));
  },
};

/** EMR gives it neither an ARN nor tags: this one only tells it apart from others. */
export const securityConfigurationKind: ResourceType = namedKind({
  title: 'EMR security configuration',
  arn: /^arn:[^:]+:elasticmapreduce:[^:]*:\d+:security-configuration\/(.+)$/,
  names: ({ securityConfigurations }) => securityConfigurations,
  arnOf: (target, name) => arnOf(target, 'elasticmapreduce', `security-configuration/${name}`),
  getStatus: async (target, Name) => {
    const call = target.client(EMRClient).send(new DescribeSecurityConfigurationCommand({ Name }));
    return (await ignoreNotFound(call, 'InvalidRequestException')) ? 'present' : 'gone';
  },
  remove: async (target, Name) => {
    await target.client(EMRClient).send(new DeleteSecurityConfigurationCommand({ Name }));
  },
});
