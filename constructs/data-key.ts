import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { policyDocument, type PolicyStatement } from './support/policy-document';

export interface DataKeyProps {
  readonly description: string;
  /** Name of the alias, without `alias/`. */
  readonly aliasName: string;
  /** The key's policy. */
  readonly statements: readonly PolicyStatement[];
}

/** The longest that KMS waits: whatever the key has encrypted cannot be read without it. */
const DELETION_DAYS = 30;

/** Customer managed key of what a stack stores. */
export class DataKey extends Construct {
  /** Known after the first apply. */
  readonly keyArn: string;
  /** What holds data waits for it, and so is destroyed before it: no data is left without its key. */
  readonly resource: KmsKey;

  constructor(scope: Construct, id: string, { description, aliasName, statements }: DataKeyProps) {
    super(scope, id);
    this.resource = new KmsKey(this, 'Resource', {
      description,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_DAYS,
      policy: policyDocument(statements),
    });
    new KmsAlias(this, 'Alias', { name: `alias/${aliasName}`, targetKeyId: this.resource.keyId });
    this.keyArn = this.resource.arn;
  }
}
