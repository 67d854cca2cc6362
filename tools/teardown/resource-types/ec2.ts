import { EC2, type Filter } from '@aws-sdk/client-ec2';
import type { Target } from '../../aws/target';
import { waitUntilNone } from '../../aws/waiting';
import { expectedNames } from '../expected-names';
import { resourceType, type ResourceType } from './resource-type';

/** Names of the security groups that EMR creates and never deletes. */
const EMR_MANAGED = ['ElasticMapReduce-*', 'DefaultEngineSecurityGroup*', 'DefaultWorkspaceSecurityGroup*'];

interface Query {
  readonly ids?: string[];
  readonly Filters?: Filter[];
}

interface Ec2Definition {
  readonly title: string;
  readonly path: string;
  readonly notFound: readonly string[];
  /** Filter for the lookup by name. @default no lookup by name */
  readonly nameFilter?: 'tag:Name' | 'group-name';
  readonly list: (ec2: EC2, query: Query) => Promise<readonly (string | undefined)[] | undefined>;
  readonly remove: (ec2: EC2, id: string, target: Target) => Promise<unknown>;
}

function ec2Type({ title, path, notFound, nameFilter, list, remove }: Ec2Definition): ResourceType {
  return resourceType({
    title,
    service: 'ec2',
    path,
    notFound,
    findIds: async ({ client, names }) => {
      if (nameFilter === undefined) return [];
      const { securityGroups, networks } = expectedNames(names);
      const Values = nameFilter === 'group-name' ? securityGroups : networks;
      const found = await list(client(EC2), { Filters: [{ Name: nameFilter, Values }] });
      return (found ?? []).filter((id) => id !== undefined);
    },
    get: async ({ client }, id) => (await list(client(EC2), { ids: [id] }))?.[0],
    remove: (target, id) => remove(target.client(EC2), id, target),
  });
}

export const vpcType = ec2Type({
  title: 'VPC',
  path: 'vpc/',
  notFound: ['InvalidVpcID.NotFound'],
  nameFilter: 'tag:Name',
  list: async (ec2, { ids: VpcIds, Filters }) =>
    (await ec2.describeVpcs({ VpcIds, Filters })).Vpcs?.map(({ VpcId }) => VpcId),
  remove: (ec2, VpcId) => ec2.deleteVpc({ VpcId }),
});

export const subnetType = ec2Type({
  title: 'subnet',
  path: 'subnet/',
  notFound: ['InvalidSubnetID.NotFound'],
  nameFilter: 'tag:Name',
  list: async (ec2, { ids: SubnetIds, Filters }) =>
    (await ec2.describeSubnets({ SubnetIds, Filters })).Subnets?.map(({ SubnetId }) => SubnetId),
  remove: (ec2, SubnetId) => ec2.deleteSubnet({ SubnetId }),
});

export const routeTableType = ec2Type({
  title: 'route table',
  path: 'route-table/',
  notFound: ['InvalidRouteTableID.NotFound'],
  nameFilter: 'tag:Name',
  list: async (ec2, { ids: RouteTableIds, Filters }) =>
    (await ec2.describeRouteTables({ RouteTableIds, Filters })).RouteTables?.map(
      ({ RouteTableId }) => RouteTableId,
    ),
  remove: (ec2, RouteTableId) => ec2.deleteRouteTable({ RouteTableId }),
});

export const endpointType: ResourceType = ec2Type({
  title: 'VPC endpoint',
  path: 'vpc-endpoint/',
  notFound: ['InvalidVpcEndpointId.NotFound'],
  nameFilter: 'tag:Name',
  list: async (ec2, { ids: VpcEndpointIds, Filters }) =>
    (await ec2.describeVpcEndpoints({ VpcEndpointIds, Filters })).VpcEndpoints?.filter(
      ({ State }) => State?.toLowerCase() !== 'deleted',
    ).map(({ VpcEndpointId }) => VpcEndpointId),
  remove: async (ec2, id, target) => {
    await ec2.deleteVpcEndpoints({ VpcEndpointIds: [id] });
    // Its network interfaces use security groups and subnets until it is deleted.
    const remaining = async (): Promise<string[]> =>
      (await endpointType.getStatus(target, id)) === 'gone' ? [] : [id];
    await waitUntilNone(target, 'VPC endpoint', remaining, () => undefined);
  },
});

export const instanceType = ec2Type({
  title: 'EC2 instance',
  path: 'instance/',
  notFound: ['InvalidInstanceID.NotFound'],
  list: async (ec2, { ids: InstanceIds }) =>
    (await ec2.describeInstances({ InstanceIds })).Reservations?.flatMap(({ Instances = [] }) => Instances)
      .filter(({ State }) => State?.Name !== 'terminated')
      .map(({ InstanceId }) => InstanceId),
  remove: (ec2, id) => ec2.terminateInstances({ InstanceIds: [id] }),
});

export const volumeType = ec2Type({
  title: 'EBS volume',
  path: 'volume/',
  notFound: ['InvalidVolume.NotFound'],
  list: async (ec2, { ids: VolumeIds }) =>
    (await ec2.describeVolumes({ VolumeIds })).Volumes?.map(({ VolumeId }) => VolumeId),
  remove: (ec2, VolumeId) => ec2.deleteVolume({ VolumeId }),
});

export const securityGroupType = ec2Type({
  title: 'security group',
  path: 'security-group/',
  nameFilter: 'group-name',
  notFound: ['InvalidGroup.NotFound', 'InvalidGroupId.Malformed'],
  list: listGroups,
  remove: async (ec2, GroupId) => {
    await revokeRules(ec2, GroupId);
    await ec2.deleteSecurityGroup({ GroupId });
  },
});

async function listGroups(ec2: EC2, { ids: GroupIds, Filters }: Query) {
  const { SecurityGroups = [] } = await ec2.describeSecurityGroups({ GroupIds, Filters });
  return SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []);
}

async function revokeRules(ec2: EC2, GroupId: string): Promise<void> {
  const { SecurityGroups } = await ec2.describeSecurityGroups({ GroupIds: [GroupId] });
  const { IpPermissions = [], IpPermissionsEgress = [] } = SecurityGroups?.[0] ?? {};
  if (IpPermissions.length > 0) await ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions });
  if (IpPermissionsEgress.length > 0)
    await ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: IpPermissionsEgress });
}

/** Deletes the security groups that EMR has created in the VPCs. They refer to each other: all rules are revoked first. */
export async function deleteEmrManagedGroups({ client }: Target, vpcIds: readonly string[]): Promise<void> {
  if (vpcIds.length === 0) return;
  const ec2 = client(EC2);
  const ids = await listGroups(ec2, {
    Filters: [
      { Name: 'vpc-id', Values: [...vpcIds] },
      { Name: 'group-name', Values: EMR_MANAGED },
    ],
  });
  for (const id of ids) await revokeRules(ec2, id);
  for (const GroupId of ids) await ec2.deleteSecurityGroup({ GroupId });
}
