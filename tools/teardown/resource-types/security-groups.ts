import {
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Target } from '../../aws/target';
import { ignoreNotFound } from '../../aws/aws-errors';
import { arnOf } from '../../aws/arns';
import type { ResourceType } from '../resource';

/** EMR gives the groups that it makes itself these names, and never deletes them. */
const MADE_BY_EMR = ['ElasticMapReduce-*', 'DefaultEngineSecurityGroup*', 'DefaultWorkspaceSecurityGroup*'];

async function describe(target: Target, GroupId: string): Promise<SecurityGroup | undefined> {
  const call = target.client(EC2Client).send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  const found = await ignoreNotFound(call, 'InvalidGroup.NotFound', 'InvalidGroupId.Malformed');
  return found?.SecurityGroups?.[0];
}

async function revokeRules(target: Target, GroupId: string): Promise<void> {
  const ec2 = target.client(EC2Client);
  const { IpPermissions = [], IpPermissionsEgress = [] } = (await describe(target, GroupId)) ?? {};
  if (IpPermissions.length > 0)
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  if (IpPermissionsEgress.length > 0) {
    const command = new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: IpPermissionsEgress });
    await ec2.send(command);
  }
}

export const securityGroupKind: ResourceType = {
  title: 'security group',
  arn: /^arn:[^:]+:ec2:[^:]*:\d+:security-group\/(.+)$/,
  findByName: async (target, { securityGroups }) => {
    const Filters = [{ Name: 'group-name', Values: [...securityGroups] }];
    const { SecurityGroups = [] } = await target
      .client(EC2Client)
      .send(new DescribeSecurityGroupsCommand({ Filters }));
    return SecurityGroups.flatMap(({ GroupId }) =>
      GroupId === undefined ? [] : [arnOf(target, 'ec2', `security-group/${GroupId}`)],
    );
  },
  getStatus: async (target, id) => ((await describe(target, id)) ? 'present' : 'gone'),
  remove: async (target, GroupId) => {
    await revokeRules(target, GroupId);
    await target.client(EC2Client).send(new DeleteSecurityGroupCommand({ GroupId }));
  },
};

/** Removes the groups that EMR has made in our own VPCs; they refer to each other, so all rules go first. */
export async function removeGroupsMadeByEmr(target: Target, vpcIds: readonly string[]): Promise<number> {
  if (vpcIds.length === 0) return 0;
  const Filters = [
    { Name: 'vpc-id', Values: [...vpcIds] },
    { Name: 'group-name', Values: MADE_BY_EMR },
  ];
  const ec2 = target.client(EC2Client);
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const ids = SecurityGroups.flatMap(({ GroupId }) => (GroupId === undefined ? [] : [GroupId]));
  for (const id of ids) await revokeRules(target, id);
  for (const GroupId of ids) await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  return ids.length;
}
