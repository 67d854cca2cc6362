import { HeadBucketCommand, paginateListBuckets, S3Client } from '@aws-sdk/client-s3';
import type { Target } from '../../aws/target';
import { errorFacts } from '../../aws/aws-errors';
import { emptyAndDelete } from '../bucket-emptying';
import { arnOf } from '../../aws/arns';
import type { ResourceType } from '../resource';

export function bucketArn(target: Target, name: string): string {
  return arnOf(target, 's3', name, { region: '', account: '' });
}

export const bucketKind: ResourceType = {
  title: 'S3 bucket',
  arn: /^arn:[^:]+:s3:::([^/]+)$/,
  findByName: async (target, { buckets }) => {
    const found: string[] = [];
    // Listing shows the account's own buckets only; a HEAD would also find those of others.
    for await (const page of paginateListBuckets({ client: target.client(S3Client) }, {})) {
      found.push(...(page.Buckets ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name])));
    }
    return found.filter((name) => buckets.includes(name)).map((name) => bucketArn(target, name));
  },
  getStatus: async (target, name) => {
    try {
      await target
        .client(S3Client)
        .send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: target.account }));
      return 'present';
    } catch (error) {
      if (errorFacts(error).status === 404) return 'gone';
      // It is there, and these credentials may not look into it.
      if (errorFacts(error).status === 403) return 'present';
      throw error;
    }
  },
  remove: async (target, name) => {
    const options = { owner: target.account, arn: bucketArn(target, name), update: () => undefined };
    await emptyAndDelete(target.client(S3Client), name, options);
  },
};
