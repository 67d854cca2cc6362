import { S3 } from '@aws-sdk/client-s3';
import { measureBucket } from '../../../tools/teardown/bucket-contents';
import { emptyAndDelete } from '../../../tools/teardown/bucket-emptying';
import { startEmulator, stopEmulator } from '../../../tools/local-aws/emulator-process';
import { awsError } from '../../support/fake-target';
import { OWNER, VersionedBucket } from '../../support/versioned-bucket';
import { temporaryFolder } from '../../support/temporary-folder';

const options = { owner: OWNER, arn: 'arn:aws:s3:::data', update: (): void => undefined };

let bucket: VersionedBucket;

beforeEach(() => {
  bucket = new VersionedBucket();
});

const remove = () => emptyAndDelete(bucket.s3, 'data', options);

test('Thousands of versions and delete markers and an incomplete upload are deleted.', async () => {
  for (let index = 0; index < 2500; index += 1) bucket.put(`folder/${index}`);
  for (let index = 0; index < 2500; index += 1) bucket.mark(`folder/${index}`);
  bucket.startUpload('unfinished');
  expect(await measureBucket(bucket.s3, 'data', OWNER)).toEqual({
    name: 'data',
    objects: 5000,
    bytes: 2500,
    uploads: 1,
    isComplete: true,
  });
  expect(await remove()).toEqual({ objects: 5000, uploads: 1, isGuarded: true });
  expect(bucket.exists).toBe(false);
});

const denial = {
  Sid: 'CleanupDeniesWrites',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:PutObject',
  Resource: 'arn:aws:s3:::data/*',
};
const tlsOnly = { Sid: 'TlsOnly', Effect: 'Deny', Action: 's3:*' };

test.each([
  ['no policy', undefined, [denial]],
  ['a policy', [tlsOnly], [tlsOnly, denial]],
  ['the policy of an earlier cleanup', [tlsOnly, denial], [tlsOnly, denial]],
])('A bucket with %s gets one statement that denies writes.', async (_, statements, expected) => {
  const policyOf = (Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  bucket.policy = statements && policyOf(statements);
  await remove();
  expect(bucket.policy).toBe(policyOf(expected));
});

test('A client that keeps writing is denied access.', async () => {
  bucket.put('first');
  let denied: unknown;
  bucket.fault = () => {
    try {
      bucket.put('late');
    } catch (error) {
      denied = error;
    }
    return undefined;
  };
  expect((await remove()).objects).toBeGreaterThan(1);
  expect(denied).toMatchObject({ name: 'AccessDenied' });
  expect(bucket.exists).toBe(false);
});

test('An object that is written after the last pass is deleted before the bucket.', async () => {
  bucket.put('first');
  bucket.fault = (command) => {
    if (command === 'DeleteBucketCommand' && bucket.calls.get(command) === 1) bucket.mark('late');
    return undefined;
  };
  expect(await remove()).toMatchObject({ objects: 2 });
  expect(bucket.exists).toBe(false);
});

test('Emptying fails when a client keeps writing and the policy cannot be set.', async () => {
  let count = 0;
  bucket.fault = (command) => {
    if (command === 'PutBucketPolicyCommand') return awsError('AccessDenied');
    if (command === 'DeleteBucketCommand') bucket.put(`late-${(count += 1)}`);
    return undefined;
  };
  await expect(remove()).rejects.toThrow(
    'data does not become empty: another client keeps writing to it (1 new versions in the last pass). Stop the client, then run cleanup again.',
  );
  expect(bucket.exists).toBe(true);
});

test('A bucket that does not exist counts as deleted.', async () => {
  bucket.exists = false;
  expect(await remove()).toEqual({ objects: 0, uploads: 0, isGuarded: true });
  expect(await measureBucket(bucket.s3, 'data', OWNER)).toMatchObject({ objects: 0, uploads: 0 });
});

test('The error names the versions that could not be deleted; the others are deleted.', async () => {
  for (const key of ['free/1', 'kept/1', 'kept/2']) bucket.put(key);
  bucket.locked.add('kept/1').add('kept/2');
  await expect(remove()).rejects.toThrow(
    'data: 2 versions could not be deleted.\n  AccessDenied, 2 times, e.g. kept/1: Access Denied',
  );
  expect(bucket.keys).toEqual(['kept/1', 'kept/2']);
});

test('Emptying continues after a SlowDown error.', async () => {
  bucket.put('any');
  bucket.fault = (command) =>
    command === 'DeleteObjectsCommand' && bucket.calls.get(command)! <= 2
      ? awsError('SlowDown', 503)
      : undefined;
  expect(await remove()).toMatchObject({ objects: 1 });
  expect(bucket.calls.get('DeleteObjectsCommand')).toBe(3);
  expect(bucket.exists).toBe(false);
});

test('Emptying fails when the bucket cannot be listed.', async () => {
  bucket.fault = (command) =>
    command === 'ListObjectVersionsCommand' ? awsError('AccessDenied') : undefined;
  await expect(remove()).rejects.toThrow('AccessDenied');
  expect(bucket.exists).toBe(true);
});

test('A bucket of another account is not changed.', async () => {
  bucket.put('theirs');
  const other = { ...options, owner: '999999999999' };
  await expect(emptyAndDelete(bucket.s3, 'data', other)).rejects.toThrow('AccessDenied');
  expect(bucket.keys).toEqual(['theirs']);
});

describe('On the local AWS', () => {
  const stateDir = temporaryFolder();

  afterAll(async () => {
    await stopEmulator(stateDir);
  });

  test('objects with special characters in their keys, delete markers and uploads are deleted.', async () => {
    const { endpoint } = await startEmulator({ stateDir, parent: process.pid });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const s3 = new S3({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
    const keys = [
      'a b',
      'ä/ü',
      '日本',
      'line\nbreak',
      'folder/',
      '../up',
      'a//b',
      'plus+%20',
      '&<>"\'',
      '\u0007',
    ];
    const [Bucket, owner] = ['odd-keys', '000000000000'];
    await s3.createBucket({ Bucket });
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration });
    for (const Key of keys) await s3.putObject({ Bucket, Key, Body: 'x' });
    await s3.deleteObject({ Bucket, Key: 'a b' });
    await s3.createMultipartUpload({ Bucket, Key: 'un finished+' });
    const arn = `arn:aws:s3:::${Bucket}`;
    const emptied = await emptyAndDelete(s3, Bucket, { owner, arn, update: () => undefined });
    expect(emptied).toEqual({ objects: keys.length + 1, uploads: 1, isGuarded: true });
    expect((await s3.listBuckets({})).Buckets).toEqual([]);
  });
});
