import {
  DeleteSecurityConfigurationCommand,
  DeleteStudioCommand,
  DescribeClusterCommand,
  DescribeSecurityConfigurationCommand,
  DescribeStudioCommand,
  EMRClient,
  paginateListClusters,
  paginateListStudios,
} from '@aws-sdk/client-emr';
import {
  DeleteApplicationCommand,
  EMRServerlessClient,
  GetApplicationCommand,
  paginateListApplications,
} from '@aws-sdk/client-emr-serverless';
import { isNotFound, ignoreNotFound } from '../../aws/aws-errors';
import { arnOf, type ResourceType } from '../resource';
import { endClusters } from '../../aws/running-clusters';
import { stopApplication } from '../../aws/running-jobs';
import { namedKind } from './named-kind';

/** EMR lists ended clusters for two months. */
const ACTIVE_CLUSTERS = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING', 'TERMINATING'] as const;

export const clusterKind: ResourceType = {
  title: 'EMR cluster',
  arn: /^arn:[^:]+:elasticmapreduce:[^:]*:\d+:cluster\/(.+)$/,
  findByName: async (target, { clusterPrefixes }) => {
    const found: string[] = [];
    const pages = paginateListClusters(
      { client: target.client(EMRClient) },
      { ClusterStates: [...ACTIVE_CLUSTERS] },
    );
    for await (const { Clusters = [] } of pages) {
      const ours = Clusters.filter(({ Name = '' }) =>
        clusterPrefixes.some((prefix) => Name.startsWith(prefix)),
      );
      found.push(...ours.flatMap(({ Id }) => (Id === undefined ? [] : [Id])));
    }
    return found.map((id) => arnOf(target, 'elasticmapreduce', `cluster/${id}`));
  },
  getStatus: async (target, ClusterId) => {
    try {
      const { Cluster } = await target.client(EMRClient).send(new DescribeClusterCommand({ ClusterId }));
      return Cluster?.Status?.State?.startsWith('TERMINATED') ? 'gone' : 'present';
    } catch (error) {
      if (isNotFound(error, ['InvalidRequestException'])) return 'gone';
      throw error;
    }
  },
  remove: (target, id) => endClusters(target, [id], () => undefined),
};

export const applicationKind: ResourceType = {
  title: 'EMR Serverless application',
  arn: /^arn:[^:]+:emr-serverless:[^:]*:\d+:\/applications\/([^/]+)$/,
  findByName: async (target, { applications }) => {
    const found: string[] = [];
    for await (const page of paginateListApplications({ client: target.client(EMRServerlessClient) }, {})) {
      const ours = (page.applications ?? []).filter(
        ({ name = '', state }) => applications.includes(name) && state !== 'TERMINATED',
      );
      found.push(...ours.flatMap(({ id }) => (id === undefined ? [] : [id])));
    }
    return found.map((id) => arnOf(target, 'emr-serverless', `/applications/${id}`));
  },
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
