import {
  type ClusterState,
  DeleteSecurityConfigurationCommand,
  DeleteStudioCommand,
  DescribeSecurityConfigurationCommand,
  DescribeStudioCommand,
  EMRClient,
  paginateListStudios,
} from '@aws-sdk/client-emr';
import { DeleteApplicationCommand, EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { describeCluster, endClusters, listClusters } from '../../aws/clusters';
import { applicationIds, applicationState, stopApplication } from '../../aws/job-runs';
import { expectedNames } from '../expected-names';
import { resourceType } from './resource-type';

/** EMR lists ended clusters for two months. */
const ACTIVE_CLUSTERS: ClusterState[] = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING', 'TERMINATING'];

const EMR = { service: 'elasticmapreduce', notFound: ['InvalidRequestException'] };

export const clusterType = resourceType({
  ...{ title: 'EMR cluster', ...EMR, path: 'cluster/', get: describeCluster },
  findIds: async (target) =>
    (await listClusters(target, { ClusterStates: ACTIVE_CLUSTERS })).map(({ Id }) => Id),
  remove: (target, id) => endClusters(target, [id], () => undefined),
});

export const applicationType = resourceType({
  ...{ title: 'EMR Serverless application', service: 'emr-serverless', path: '/applications/' },
  ...{ idPattern: '([^/]+)', findIds: applicationIds },
  get: async (target, id) => {
    const state = await applicationState(target, id);
    return state === 'TERMINATED' ? undefined : state;
  },
  remove: async (target, applicationId) => {
    await stopApplication(target, applicationId, () => undefined);
    await target.client(EMRServerlessClient).send(new DeleteApplicationCommand({ applicationId }));
  },
});

export const studioType = resourceType({
  ...{ title: 'EMR Studio', ...EMR, path: 'studio/' },
  findIds: async ({ client, names }) => {
    const { studios } = expectedNames(names);
    const found: string[] = [];
    for await (const { Studios = [] } of paginateListStudios({ client: client(EMRClient) }, {})) {
      for (const { Name, StudioId } of Studios)
        if (Name !== undefined && StudioId !== undefined && studios.includes(Name)) found.push(StudioId);
    }
    return found;
  },
  get: ({ client }, StudioId) => client(EMRClient).send(new DescribeStudioCommand({ StudioId })),
  remove: ({ client }, StudioId) => client(EMRClient).send(new DeleteStudioCommand({ StudioId })),
});

/** EMR gives it neither an ARN nor tags: the ARN here only distinguishes it from others. */
export const securityConfigurationType = resourceType({
  ...{ title: 'EMR security configuration', ...EMR, path: 'security-configuration/' },
  names: 'securityConfigurations',
  get: ({ client }, Name) => client(EMRClient).send(new DescribeSecurityConfigurationCommand({ Name })),
  remove: ({ client }, Name) => client(EMRClient).send(new DeleteSecurityConfigurationCommand({ Name })),
});
