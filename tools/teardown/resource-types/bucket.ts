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
    // ListBuckets lists only the buckets of the account; HeadBucket also finds buckets of other accounts.
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
      // The bucket exists, but the credentials have no access.
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
