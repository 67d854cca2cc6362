import { IAM, type Tag } from '@aws-sdk/client-iam';
import { KMS, paginateListAliases, type KeyMetadata } from '@aws-sdk/client-kms';
import type { Target } from '../../aws/target';
import { resourceType, type Tags } from './resource-type';

/** Minimum waiting period of KMS. */
const DELETION_DAYS = 7;

const OF_IAM = {
  service: 'iam',
  isGlobal: true,
  notFound: ['NoSuchEntityException'],
  // A role or profile may have a path before its name.
  idPattern: '(?:.*/)?([^/]+)',
};

function toTags(tags: readonly Tag[] = []): Tags {
  return Object.fromEntries(tags.flatMap(({ Key, Value = '' }) => (Key === undefined ? [] : [[Key, Value]])));
}

async function getRole({ client }: Target, RoleName: string) {
  return (await client(IAM).getRole({ RoleName })).Role;
}

async function getProfile({ client }: Target, InstanceProfileName: string) {
  return (await client(IAM).getInstanceProfile({ InstanceProfileName })).InstanceProfile;
}

export const roleType = resourceType({
  title: 'IAM role',
  ...OF_IAM,
  path: 'role/',
  names: 'roles',
  get: getRole,
  tagsOf: async (target, name) => toTags((await getRole(target, name))?.Tags),
  remove: async ({ client }, RoleName) => {
    const iam = client(IAM);
    const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
    for (const PolicyName of PolicyNames) await iam.deleteRolePolicy({ RoleName, PolicyName });
    const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName });
    for (const { PolicyArn } of AttachedPolicies) await iam.detachRolePolicy({ RoleName, PolicyArn });
    const { InstanceProfiles = [] } = await iam.listInstanceProfilesForRole({ RoleName });
    for (const { InstanceProfileName } of InstanceProfiles)
      await iam.removeRoleFromInstanceProfile({ RoleName, InstanceProfileName });
    await iam.deleteRole({ RoleName });
  },
});

export const instanceProfileType = resourceType({
  title: 'instance profile',
  ...OF_IAM,
  path: 'instance-profile/',
  names: 'instanceProfiles',
  get: getProfile,
  tagsOf: async (target, name) => toTags((await getProfile(target, name))?.Tags),
  remove: async (target, InstanceProfileName) => {
    const iam = target.client(IAM);
    for (const { RoleName } of (await getProfile(target, InstanceProfileName))?.Roles ?? [])
      await iam.removeRoleFromInstanceProfile({ RoleName, InstanceProfileName });
    await iam.deleteInstanceProfile({ InstanceProfileName });
  },
});

/** Keys have no names; aliases do. */
export const keyType = resourceType({
  title: 'KMS key',
  service: 'kms',
  path: 'key/',
  notFound: ['NotFoundException'],
  get: async ({ client }, KeyId) => (await client(KMS).describeKey({ KeyId })).KeyMetadata,
  pendingDeletion: (found) => {
    const { KeyState, DeletionDate } = found as KeyMetadata;
    if (KeyState !== 'PendingDeletion') return undefined;
    const day = DeletionDate?.toISOString().slice(0, 10) ?? 'a later day';
    return `KMS deletes it on ${day}; it costs nothing until then`;
  },
  remove: ({ client }, KeyId) =>
    client(KMS).scheduleKeyDeletion({ KeyId, PendingWindowInDays: DELETION_DAYS }),
});

export const keyAliasType = resourceType({
  title: 'KMS alias',
  service: 'kms',
  path: '',
  idPattern: '(alias/.+)',
  names: 'keyAliases',
  get: async ({ client }, name) => {
    for await (const { Aliases = [] } of paginateListAliases({ client: client(KMS) }, {})) {
      const alias = Aliases.find(({ AliasName }) => AliasName === name);
      if (alias !== undefined) return alias;
    }
    return undefined;
  },
  remove: ({ client }, AliasName) => client(KMS).deleteAlias({ AliasName }),
});
