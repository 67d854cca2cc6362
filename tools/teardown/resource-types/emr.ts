import { type ClusterState, EMR, paginateListStudios } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { describeCluster, endClusters, listClusters } from '../../aws/clusters';
import { applicationIds, applicationState, stopApplication } from '../../aws/job-runs';
import { expectedNames } from '../expected-names';
import { resourceType } from './resource-type';

/** EMR also lists terminated clusters, for two months. */
const ACTIVE_CLUSTERS: ClusterState[] = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING', 'TERMINATING'];

const OF_EMR = { service: 'elasticmapreduce', notFound: ['InvalidRequestException'] };

export const clusterType = resourceType({
  title: 'EMR cluster',
  ...OF_EMR,
  path: 'cluster/',
  get: describeCluster,
  findIds: async (target) =>
    (await listClusters(target, { ClusterStates: ACTIVE_CLUSTERS })).map(({ Id }) => Id),
  remove: (target, id) => endClusters(target, [id], () => undefined),
});

export const applicationType = resourceType({
  title: 'EMR Serverless application',
  service: 'emr-serverless',
  path: '/applications/',
  idPattern: '([^/]+)',
  findIds: applicationIds,
  get: async (target, id) => {
    const state = await applicationState(target, id);
    return state === 'TERMINATED' ? undefined : state;
  },
  remove: async (target, applicationId) => {
    await stopApplication(target, applicationId, () => undefined);
    await target.client(EMRServerless).deleteApplication({ applicationId });
  },
});

export const studioType = resourceType({
  title: 'EMR Studio',
  ...OF_EMR,
  path: 'studio/',
  findIds: async ({ client, names }) => {
    const { studios } = expectedNames(names);
    const found: string[] = [];
    for await (const { Studios = [] } of paginateListStudios({ client: client(EMR) }, {})) {
      for (const { Name, StudioId } of Studios)
        if (Name !== undefined && StudioId !== undefined && studios.includes(Name)) found.push(StudioId);
    }
    return found;
  },
  get: ({ client }, StudioId) => client(EMR).describeStudio({ StudioId }),
  remove: ({ client }, StudioId) => client(EMR).deleteStudio({ StudioId }),
});

/** Security configurations have neither ARNs nor tags in EMR; this ARN is only an identifier. */
export const securityConfigurationType = resourceType({
  title: 'EMR security configuration',
  ...OF_EMR,
  path: 'security-configuration/',
  names: 'securityConfigurations',
  get: ({ client }, Name) => client(EMR).describeSecurityConfiguration({ Name }),
  remove: ({ client }, Name) => client(EMR).deleteSecurityConfiguration({ Name }),
});
