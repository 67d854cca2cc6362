import { basename, extname } from 'node:path';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { fileDigest } from './support/local-file';
import type { PrivateBucket } from './private-bucket';

export interface ContentObjectProps {
  readonly bucket: PrivateBucket;
  /** Folder in the bucket, with a slash at the end. */
  readonly prefix: string;
  /** File on disk at synth. */
  readonly path: string;
}

/**
 * File in S3 under a key that carries the hash of its content: every reader of a key gets the same bytes, and a
 * run that has begun keeps its version while a new one is deployed.
 */
export class ContentObject extends Construct {
  readonly key: string;
  readonly uri: string;
  readonly resource: S3Object;

  constructor(scope: Construct, id: string, { bucket, prefix, path }: ContentObjectProps) {
    super(scope, id);
    const extension = extname(path);
    const hash = fileDigest(path, 'hex');
    this.key = `${prefix}${basename(path, extension)}-${hash.slice(0, 16)}${extension}`;
    this.uri = bucket.uri(this.key);
    this.resource = new S3Object(this, 'Resource', {
      bucket: bucket.resource.id,
      key: this.key,
      source: new TerraformAsset(this, 'File', { path, type: AssetType.FILE }).path,
      sourceHash: hash,
      // Stated, so that Terraform encrypts it again when the bucket's key changes.
      ...bucket.encryption,
    });
  }
}
