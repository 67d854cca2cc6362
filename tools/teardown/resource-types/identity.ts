import {
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  RemoveRoleFromInstanceProfileCommand,
  type Tag,
} from '@aws-sdk/client-iam';
import type { Target } from '../../aws/target';
import { ignoreNotFound } from '../../aws/aws-errors';
import { arnOf } from '../../aws/arns';
import { namedKind } from './named-kind';

const ABSENT = 'NoSuchEntityException';

function record(tags: readonly Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

async function describeRole(target: Target, RoleName: string) {
  return ignoreNotFound(target.client(IAMClient).send(new GetRoleCommand({ RoleName })), ABSENT);
}

async function describeProfile(target: Target, InstanceProfileName: string) {
  const call = target.client(IAMClient).send(new GetInstanceProfileCommand({ InstanceProfileName }));
  return ignoreNotFound(call, ABSENT);
}

export const roleKind = namedKind({
  title: 'IAM role',
  arn: /^arn:[^:]+:iam::\d+:role\/(?:.*\/)?([^/]+)$/,
  names: ({ roles }) => roles,
  arnOf: (target, name) => arnOf(target, 'iam', `role/${name}`, { region: '' }),
  // The tagging API does not know roles.
  tagsOf: async (target, name) => record((await describeRole(target, name))?.Role?.Tags),
  getStatus: async (target, name) => ((await describeRole(target, name)) ? 'present' : 'gone'),
  remove: async (target, RoleName) => {
    const iam = target.client(IAMClient);
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    for (const PolicyName of PolicyNames)
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    for (const { PolicyArn } of AttachedPolicies) {
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    }
    const { InstanceProfiles = [] } = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }));
    for (const { InstanceProfileName } of InstanceProfiles) {
      await iam.send(new RemoveRoleFromInstanceProfileCommand({ RoleName, InstanceProfileName }));
    }
    await iam.send(new DeleteRoleCommand({ RoleName }));
  },
});

export const instanceProfileKind = namedKind({
  title: 'instance profile',
  arn: /^arn:[^:]+:iam::\d+:instance-profile\/(?:.*\/)?([^/]+)$/,
  names: ({ instanceProfiles }) => instanceProfiles,
  arnOf: (target, name) => arnOf(target, 'iam', `instance-profile/${name}`, { region: '' }),
  tagsOf: async (target, name) => record((await describeProfile(target, name))?.InstanceProfile?.Tags),
  getStatus: async (target, name) => ((await describeProfile(target, name)) ? 'present' : 'gone'),
  remove: async (target, InstanceProfileName) => {
    const iam = target.client(IAMClient);
    const profile = await describeProfile(target, InstanceProfileName);
    for (const { RoleName } of profile?.InstanceProfile?.Roles ?? []) {
      await iam.send(new RemoveRoleFromInstanceProfileCommand({ RoleName, InstanceProfileName }));
    }
    await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
  },
});
