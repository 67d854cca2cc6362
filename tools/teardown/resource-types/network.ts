import {
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
  TerminateInstancesCommand,
  DeleteVolumeCommand,
  type Filter,
} from '@aws-sdk/client-ec2';
import { ignoreNotFound } from '../../aws/aws-errors';
import { arnOf } from '../../aws/arns';
import type { ResourceType, Presence } from '../resource';
import { waitUntilNone } from '../../aws/waiting';

const NO_NAME: Pick<ResourceType, 'findByName'> = { findByName: () => Promise.resolve([]) };

/** What EC2 lists under the names of our networks. */
function byNameTag(
  resource: string,
  list: (ec2: EC2Client, Filters: Filter[]) => Promise<readonly (string | undefined)[]>,
): Pick<ResourceType, 'findByName'> {
  return {
    findByName: async (target, { networks }) => {
      const ids = await list(target.client(EC2Client), [{ Name: 'tag:Name', Values: [...networks] }]);
      return ids.flatMap((id) => (id === undefined ? [] : [arnOf(target, 'ec2', `${resource}/${id}`)]));
    },
  };
}

function presence(found: unknown): Presence {
  return found === undefined ? 'gone' : 'present';
}

export const vpcKind: ResourceType = {
  title: 'VPC',
  arn: /^arn:[^:]+:ec2:[^:]*:\d+:vpc\/(.+)$/,
  ...byNameTag('vpc', async (ec2, Filters) =>
    ((await ec2.send(new DescribeVpcsCommand({ Filters }))).Vpcs ?? []).map(({ VpcId }) => VpcId),
  ),
  getStatus: async (target, id) => {
    const call = target.client(EC2Client).send(new DescribeVpcsCommand({ VpcIds: [id] }));
    return presence((await ignoreNotFound(call, 'InvalidVpcID.NotFound'))?.Vpcs?.[0]);
  },
  remove: async (target, VpcId) => {
    await target.client(EC2Client).send(new DeleteVpcCommand({ VpcId }));
  },
};

export const subnetKind: ResourceType = {
  title: 'subnet',
  arn: /^arn:[^:]+:ec2:[^:]*:\d+:subnet\/(.+)$/,
  ...byNameTag('subnet', async (ec2, Filters) =>
    ((await ec2.send(new DescribeSubnetsCommand({ Filters }))).Subnets ?? []).map(({ SubnetId }) => SubnetId),
  ),
  getStatus: async (target, id) => {
    const call = target.client(EC2Client).send(new DescribeSubnetsCommand({ SubnetIds: [id] }));
    return presence((await ignoreNotFound(call, 'InvalidSubnetID.NotFound'))?.Subnets?.[0]);
  },
  remove: async (target, SubnetId) => {
    await target.client(EC2Client).send(new DeleteSubnetCommand({ SubnetId }));
  },
};

export const routeTableKind: ResourceType = {
  title: 'route table',
  arn: /^arn:[^:]+:ec2:[^:]*:\d+:route-table\/(.+)$/,
  ...byNameTag('route-table', async (ec2, Filters) => {
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
    return RouteTables.map(({ RouteTableId }) => RouteTableId);
  }),
  getStatus: async (target, id) => {
    const call = target.client(EC2Client).send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
    return presence((await ignoreNotFound(call, 'InvalidRouteTableID.NotFound'))?.RouteTables?.[0]);
  },
  remove: async (target, RouteTableId) => {
    await target.client(EC2Client).send(new DeleteRouteTableCommand({ RouteTableId }));
  },
};

export const endpointKind: ResourceType = {
  title: 'VPC endpoint',
  arn: /^arn:[^:]+:ec2:[^:]*:\d+:vpc-endpoint\/(.+)$/,
  ...byNameTag('vpc-endpoint', async (ec2, Filters) => {
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ Filters }));
    return VpcEndpoints.filter(({ State }) => State?.toLowerCase() !== 'deleted').map(
      ({ VpcEndpointId }) => VpcEndpointId,
    );
  }),
  getStatus: async (target, id) => {
    const call = target.client(EC2Client).send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    const found = (await ignoreNotFound(call, 'InvalidVpcEndpointId.NotFound'))?.VpcEndpoints?.[0];
    return found?.State?.toLowerCase() === 'deleted' ? 'gone' : presence(found);
  },
  remove: async (target, id) => {
    await target.client(EC2Client).send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    // Its network interfaces keep security groups and subnets in use until it is gone.
    const remaining = async (): Promise<string[]> =>
      (await endpointKind.getStatus(target, id)) === 'gone' ? [] : [id];
    await waitUntilNone(target, 'VPC endpoint', remaining, () => undefined);
  },
};

export const instanceKind: ResourceType = {
  title: 'EC2 instance',
  arn: /^arn:[^:]+:ec2:[^:]*:\d+:instance\/(.+)$/,
  ...NO_NAME,
  getStatus: async (target, id) => {
    const call = target.client(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    const found = await ignoreNotFound(call, 'InvalidInstanceID.NotFound');
    const instance = found?.Reservations?.[0]?.Instances?.[0];
    return instance?.State?.Name === 'terminated' ? 'gone' : presence(instance);
  },
  remove: async (target, id) => {
    await target.client(EC2Client).send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  },
};

export const volumeKind: ResourceType = {
  title: 'EBS volume',
  arn: /^arn:[^:]+:ec2:[^:]*:\d+:volume\/(.+)$/,
  ...NO_NAME,
  getStatus: async (target, id) => {
    const call = target.client(EC2Client).send(new DescribeVolumesCommand({ VolumeIds: [id] }));
    return presence((await ignoreNotFound(call, 'InvalidVolume.NotFound'))?.Volumes?.[0]);
  },
  remove: async (target, VolumeId) => {
    await target.client(EC2Client).send(new DeleteVolumeCommand({ VolumeId }));
  },
};
