import { TerraformStack, Testing } from 'cdktf';
import { PrivateBucket, type PrivateBucketProps } from '../../constructs/private-bucket';
import { resourcesOf, type Synthesized } from '../support/synth';

function synth(props: Partial<PrivateBucketProps> = {}): Synthesized {
  const stack = new TerraformStack(Testing.app(), 'stack');
  new PrivateBucket(stack, 'Bucket', {
    bucketName: 'reports',
    bucketArn: 'arn:aws:s3:::reports',
    forceDestroy: false,
    ...props,
  });
  return JSON.parse(Testing.synth(stack)) as Synthesized;
}

const lifecycle = (props: Partial<PrivateBucketProps>) =>
  (
    resourcesOf(synth(props), 'aws_s3_bucket_lifecycle_configuration')[0]?.rule as Record<string, unknown>[]
  )[0];

describe('A private bucket', () => {
  test('is encrypted, and belongs to the account whoever writes into it', () => {
    const [encryption] = resourcesOf(synth(), 'aws_s3_bucket_server_side_encryption_configuration');
    expect(encryption?.rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } },
    ]);
    const [ownership] = resourcesOf(synth(), 'aws_s3_bucket_ownership_controls');
    expect(ownership?.rule).toEqual({ object_ownership: 'BucketOwnerEnforced' });
  });

  test('ends abandoned uploads, and otherwise keeps everything', () => {
    expect(lifecycle({})).toMatchObject({
      abort_incomplete_multipart_upload: [{ days_after_initiation: 2 }],
    });
    expect(lifecycle({})).not.toHaveProperty('expiration');
    expect(lifecycle({})).not.toHaveProperty('noncurrent_version_expiration');
  });

  test('deletes objects after expireDays', () => {
    expect(lifecycle({ expireDays: 7 })).toMatchObject({ expiration: [{ days: 7 }] });
  });

  test('keeps replaced objects for noncurrentDays when it is versioned', () => {
    expect(lifecycle({ versioned: true })).toMatchObject({
      noncurrent_version_expiration: [{ noncurrent_days: 30 }],
    });
    expect(lifecycle({ versioned: true, noncurrentDays: 5 })).toMatchObject({
      noncurrent_version_expiration: [{ noncurrent_days: 5 }],
    });
    expect(resourcesOf(synth(), 'aws_s3_bucket_versioning')).toEqual([]);
  });

  test('is deleted with its objects only when told', () => {
    expect(resourcesOf(synth(), 'aws_s3_bucket')[0]).toMatchObject({
      bucket: 'reports',
      force_destroy: false,
    });
    expect(resourcesOf(synth({ forceDestroy: true }), 'aws_s3_bucket')[0]).toMatchObject({
      force_destroy: true,
    });
  });
});
