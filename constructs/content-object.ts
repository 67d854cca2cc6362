import { basename, extname } from 'node:path';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { fileDigest } from './support/local-file';
import type { PrivateBucket } from './private-bucket';

export interface ContentObjectProps {
  readonly bucket: PrivateBucket;
  /** Folder in the bucket, with a trailing slash. */
  readonly prefix: string;
  readonly path: string;
}

/**
 * File in S3 with the hash of its content in its key: a key always has the same content, and a deployment does not change the
 * files of a run in progress.
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
      // Set explicitly, so that Terraform encrypts the object again when the key of the bucket changes.
      ...bucket.encryption,
    });
  }
}
