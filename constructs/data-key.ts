import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { policyDocument, type PolicyStatement } from './support/policy-document';

export interface DataKeyProps {
  readonly description: string;
  /** Name of the alias, without `alias/`. */
  readonly aliasName: string;
  readonly statements: readonly PolicyStatement[];
}

/** Maximum of KMS: encrypted data cannot be read without the key. */
const DELETION_DAYS = 30;

/** Customer managed key of the data of a stack. */
export class DataKey extends Construct {
  /** Known after the first apply. */
  readonly keyArn: string;
  /** Resources with data depend on it and are therefore destroyed before it. */
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
