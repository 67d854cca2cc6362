import {
  DeleteAliasCommand,
  DescribeKeyCommand,
  KMSClient,
  paginateListAliases,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { Target } from '../../aws/target';
import { ignoreNotFound } from '../../aws/aws-errors';
import { arnOf } from '../../aws/arns';
import type { ResourceType, Presence } from '../resource';

/** The shortest time that KMS keeps a deleted key. */
const DELETION_DAYS = 7;

async function lookAtKey(target: Target, KeyId: string): Promise<Presence> {
  const call = target.client(KMSClient).send(new DescribeKeyCommand({ KeyId }));
  const metadata = (await ignoreNotFound(call, 'NotFoundException'))?.KeyMetadata;
  if (metadata === undefined) return 'gone';
  if (metadata.KeyState !== 'PendingDeletion') return 'present';
  const day = metadata.DeletionDate?.toISOString().slice(0, 10) ?? 'a later day';
  return { leaving: `KMS deletes it on ${day}; it costs nothing until then` };
}

export const keyKind: ResourceType = {
  title: 'KMS key',
  arn: /^arn:[^:]+:kms:[^:]*:\d+:key\/(.+)$/,
  // A key has no name; its alias has.
  findByName: () => Promise.resolve([]),
  getStatus: lookAtKey,
  remove: async (target, KeyId) => {
    await target
      .client(KMSClient)
      .send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: DELETION_DAYS }));
  },
};

async function existingAliases(target: Target): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: target.client(KMSClient) }, {})) {
    found.push(...Aliases.flatMap(({ AliasName }) => (AliasName === undefined ? [] : [AliasName])));
  }
  return found;
}

export const keyAliasKind: ResourceType = {
  title: 'KMS alias',
  arn: /^arn:[^:]+:kms:[^:]*:\d+:(alias\/.+)$/,
  findByName: async (target, { keyAliases }) =>
    (await existingAliases(target))
      .filter((name) => keyAliases.includes(name))
      .map((name) => arnOf(target, 'kms', name)),
  getStatus: async (target, name) => ((await existingAliases(target)).includes(name) ? 'present' : 'gone'),
  remove: async (target, AliasName) => {
    await target.client(KMSClient).send(new DeleteAliasCommand({ AliasName }));
  },
};
