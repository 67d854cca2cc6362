import { EmrSecurityConfiguration } from '@cdktf/provider-aws/lib/emr-security-configuration';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import type { DataKey } from './data-key';
import { jsonText } from './support/json-text';

export interface DiskEncryptionProps {
  /** Name of the EMR security configuration, and of the key's alias. */
  readonly configurationName: string;
  /** Key of the objects that clusters write to S3; SSE-S3 when undefined. */
  readonly dataKey: DataKey | undefined;
}

/** Minimum of KMS: the disks are deleted with their cluster. */
const DELETION_DAYS = 7;

/** EMR security configuration that encrypts the disks of a cluster with a customer managed key. */
export class DiskEncryption extends Construct {
  /** Name for RunJobFlow. */
  readonly configurationName: string;
  readonly keyArn: string;

  constructor(scope: Construct, id: string, { configurationName, dataKey }: DiskEncryptionProps) {
    super(scope, id);
    const key = new KmsKey(this, 'Key', {
      description: 'Disks of transient EMR clusters',
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_DAYS,
    });
    new KmsAlias(this, 'Alias', { name: `alias/${configurationName}`, targetKeyId: key.keyId });
    this.keyArn = key.arn;
    this.configurationName = new EmrSecurityConfiguration(this, 'Resource', {
      name: configurationName,
      configuration: jsonText({
        EncryptionConfiguration: {
          EnableInTransitEncryption: false,
          EnableAtRestEncryption: true,
          AtRestEncryptionConfiguration: {
            S3EncryptionConfiguration:
              dataKey === undefined
                ? { EncryptionMode: 'SSE-S3' }
                : { EncryptionMode: 'SSE-KMS', AwsKmsKey: dataKey.keyArn },
            LocalDiskEncryptionConfiguration: {
              EncryptionKeyProviderType: 'AwsKms',
              AwsKmsKey: key.arn,
              EnableEbsEncryption: true,
            },
          },
        },
      }),
    }).name;
  }
}
