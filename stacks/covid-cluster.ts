import {
  ClusterSecurityGroups,
  type ClusterSecurityGroupsProps,
} from '../constructs/cluster-security-groups';
import { DiskEncryption } from '../constructs/disk-encryption';
import { InstanceProfile } from '../constructs/instance-profile';
import type { LogGroup } from '../constructs/log-group';
import type { PrivateBucket } from '../constructs/private-bucket';
import { PrivateNetwork } from '../constructs/private-network';
import type { ServiceRole } from '../constructs/service-role';
import type { ClusterParams } from '../workflows/cluster-arguments';
import { EMR_TAGS } from './base-stack';
import {
  agentStatements,
  CLUSTER_LOG_PREFIX,
  instanceRoleStatements,
  serviceRoleStatements,
} from './covid-permissions';
import type { PipelineStack } from './pipeline-stack';

interface ClusterBuckets {
  readonly data: PrivateBucket;
  readonly artifacts: PrivateBucket;
}

/** Resources for the clusters of the covid pipeline: roles, network, security groups, keys and logs. */
export function createClusterParts(
  stack: PipelineStack,
  buckets: ClusterBuckets,
): { readonly cluster: ClusterParams; readonly instanceRole: ServiceRole } {
  const { cluster, emr } = stack.settings;
  const pipeline = stack.names.pipeline('covid');
  const encryption = cluster.encryption
    ? new DiskEncryption(stack, 'DiskEncryption', { configurationName: pipeline, dataKey: stack.dataKey })
    : undefined;
  const logs = cluster.cloudwatchLogs ? stack.logGroup('ClusterLogs', 'emr', 'covid') : undefined;
  const instanceRole = createInstanceRole(stack, buckets, encryption, logs);
  const profileName = stack.names.role('covid-instance');
  const profile = new InstanceProfile(stack, 'InstanceProfile', {
    profileName,
    profileArn: stack.roleArn(profileName).replace(':role/', ':instance-profile/'),
    role: instanceRole,
  });
  const network = createNetwork(stack, buckets);
  return {
    instanceRole,
    cluster: {
      namePrefix: `${pipeline}-`,
      release: emr.release,
      logUri: buckets.artifacts.uri(CLUSTER_LOG_PREFIX),
      logKeyArn: stack.dataKey?.keyArn,
      serviceRoleArn: createServiceRole(stack, instanceRole, encryption).arn,
      instanceProfileArn: profile.arn,
      instanceRoleArn: instanceRole.arn,
      subnetIds: network.subnetIds,
      securityGroups: new ClusterSecurityGroups(stack, 'SecurityGroups', {
        vpcId: network.vpcId,
        names: {
          primary: stack.names.securityGroup('covid-primary'),
          worker: stack.names.securityGroup('covid-worker'),
          service: stack.names.securityGroup('covid-service'),
        },
        ...(network.logs && { logs: network.logs }),
        region: stack.settings.region,
        tags: EMR_TAGS,
      }),
      securityConfiguration: encryption?.configurationName,
      logGroupName: logs?.logGroupName,
      ...cluster,
      tags: { ...stack.commonTags(), ...EMR_TAGS, pipeline },
    },
  };
}

function createInstanceRole(
  stack: PipelineStack,
  { data, artifacts }: ClusterBuckets,
  encryption: DiskEncryption | undefined,
  logs: LogGroup | undefined,
): ServiceRole {
  return stack.role('InstanceRole', 'covid-instance', {
    description: 'Nodes of the cluster read raw data and write results',
    service: 'ec2.amazonaws.com',
    // EC2 does not set a source account when it assumes a role.
    accountId: undefined,
    statements: instanceRoleStatements({
      dataBucketArn: data.bucketArn,
      artifactsBucketArn: artifacts.bucketArn,
      keyArn: encryption?.keyArn,
      agent: logs === undefined ? [] : agentStatements(logs.logGroupArn),
    }),
  });
}

function createServiceRole(
  stack: PipelineStack,
  instanceRole: ServiceRole,
  encryption: DiskEncryption | undefined,
): ServiceRole {
  return stack.role('ServiceRole', 'covid-service', {
    description: 'EMR makes and ends the nodes of the cluster',
    service: 'elasticmapreduce.amazonaws.com',
    sourceArns: [stack.arn('elasticmapreduce', '*')],
    statements: serviceRoleStatements({
      instanceRoleArn: instanceRole.arn,
      keyArn: encryption?.keyArn,
      spot: stack.settings.cluster.spot,
      roleArn: (name) => stack.roleArn(name),
    }),
    managedPolicyArn: stack.managedPolicyArn('service-role/AmazonEMRServicePolicy_v2'),
  });
}

function createNetwork(
  stack: PipelineStack,
  { data, artifacts }: ClusterBuckets,
): Pick<ClusterSecurityGroupsProps, 'vpcId' | 'logs'> & { readonly subnetIds: readonly string[] } {
  const { network, region, cluster } = stack.settings;
  if (network !== undefined) return { ...network, ...(cluster.cloudwatchLogs && { logs: 'anywhere' }) };
  const created = new PrivateNetwork(stack, 'Network', {
    name: stack.names.pipeline('covid'),
    region,
    s3Statements: stack.s3EndpointStatements([data.bucketArn, artifacts.bucketArn]),
    tags: EMR_TAGS,
    instanceTypes: [...cluster.primaryTypes, ...cluster.workerTypes],
    interfaceEndpoints: cluster.cloudwatchLogs ? ['logs'] : [],
  });
  const { vpcId, subnetIds, endpointGroupIds } = created;
  const { logs: groupId } = endpointGroupIds;
  return { vpcId, subnetIds, ...(groupId !== undefined && { logs: { groupId } }) };
}
