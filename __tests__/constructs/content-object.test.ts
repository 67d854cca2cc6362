import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformStack, Testing } from 'cdktf';
import { ContentObject } from '../../constructs/content-object';
import { DataKey } from '../../constructs/data-key';
import { LocalFileError } from '../../constructs/support/local-file';
import { PrivateBucket } from '../../constructs/private-bucket';
import { temporaryFolder } from '../support/temporary-folder';

const path = join(temporaryFolder(), 'job.jar');
beforeEach(() => {
  writeFileSync(path, 'one');
});

function objectOf(path: string, encrypted = false): ContentObject {
  const stack = new TerraformStack(Testing.app(), 'stack');
  const bucket = new PrivateBucket(stack, 'Bucket', {
    bucketName: 'jobs',
    bucketArn: 'arn:aws:s3:::jobs',
    forceDestroy: false,
    ...(encrypted && {
      key: new DataKey(stack, 'Key', { description: 'Key', aliasName: 'key', statements: [] }),
    }),
  });
  return new ContentObject(stack, 'Jar', { bucket, prefix: 'jars/', path });
}

describe('A content object', () => {
  test('has the hash of its content in its key.', () => {
    const { key, uri } = objectOf(path);
    expect(key).toMatch(/^jars\/job-[0-9a-f]{16}\.jar$/);
    expect(uri).toBe(`s3://jobs/${key}`);
    writeFileSync(path, 'two');
    expect(objectOf(path).key).not.toBe(key);
    writeFileSync(path, 'one');
    expect(objectOf(path).key).toBe(key);
  });

  test('sets the encryption of its bucket, so that Terraform encrypts it again when the key of the bucket changes.', () => {
    expect(objectOf(path).resource.serverSideEncryptionInput).toBe('AES256');
    const { resource } = objectOf(path, true);
    expect(resource.serverSideEncryptionInput).toBe('aws:kms');
    expect(resource.kmsKeyIdInput).toBeDefined();
  });

  test('requires the file, and reports how to build a missing one.', () => {
    expect(() => objectOf('none.jar')).toThrow(LocalFileError);
    expect(() => objectOf('none.jar')).toThrow('Build it first: npm run build');
  });
});
