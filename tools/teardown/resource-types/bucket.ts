import { paginateListBuckets, S3 } from '@aws-sdk/client-s3';
import { arnOf } from '../../aws/arns';
import { errorFacts } from '../../aws/aws-errors';
import type { Target } from '../../aws/target';
import { emptyAndDelete } from '../bucket-emptying';
import { expectedNames } from '../expected-names';
import type { ResourceType } from './resource-type';

export function bucketArn(target: Target, name: string): string {
  return arnOf(target, 's3', name, { region: '', account: '' });
}

export const bucketType: ResourceType = {
  title: 'S3 bucket',
  arn: /^arn:[^:]+:s3:::([^/]+)$/,
  findByName: async (target) => {
    const { buckets } = expectedNames(target.names);
    const found: string[] = [];
    // Listing shows the account's own buckets only; a HEAD would also find those of others.
    for await (const { Buckets = [] } of paginateListBuckets({ client: target.client(S3) }, {}))
      found.push(...Buckets.flatMap(({ Name }) => Name ?? []));
    return found.filter((name) => buckets.includes(name)).map((name) => bucketArn(target, name));
  },
  getStatus: async ({ client, account }, name) => {
    try {
      await client(S3).headBucket({ Bucket: name, ExpectedBucketOwner: account });
      return 'present';
    } catch (error) {
      const { status } = errorFacts(error);
      if (status === 404) return 'gone';
      // It exists, and these credentials may not read it.
      if (status === 403) return 'present';
      throw error;
    }
  },
  remove: (target, name) =>
    emptyAndDelete(target.client(S3), name, {
      owner: target.account,
      arn: bucketArn(target, name),
      update: () => undefined,
    }),
};
