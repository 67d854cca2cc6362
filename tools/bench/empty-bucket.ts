import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { createClient } from '../../handlers/shared/aws-clients';
import { emptyAndDelete } from '../teardown/bucket-emptying';

/** Empties and deletes a bucket as clean-up does: `ENDPOINT BUCKET MILLISECONDS`, which each request waits beforehand. */
const [endpoint = '', bucket = '', milliseconds = '0'] = process.argv.slice(2);
const s3 = createClient(S3Client, {
  ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
s3.middlewareStack.add(
  (next) => async (request) => {
    await sleep(Number(milliseconds));
    return next(request);
  },
  { step: 'finalizeRequest', name: 'round-trip' },
);
const options = { owner: '000000000000', arn: 'arn:aws:iam::000000000000:root', update: () => undefined };
void emptyAndDelete(s3, bucket, options);
