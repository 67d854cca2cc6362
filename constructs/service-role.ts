import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { policyDocument, type PolicyStatement } from './support/policy-document';

export interface ServiceRoleProps {
  readonly roleName: string;
  /** ARN of the role, computed from its name so that a plan shows policies in full. */
  readonly roleArn: string;
  readonly description: string;
  /** Service that may assume the role, e.g. `lambda.amazonaws.com`. */
  readonly service: string;
  /**
   * The service may assume the role only when it acts for a resource of this account …
   * undefined only for ec2.amazonaws.com, which does not state the account.
   */
  readonly accountId: string | undefined;
  /**
   * … and, where the service states which, only for these (ARN patterns).
   * @default any resource of the account
   */
  readonly sourceArns?: readonly string[];
  /**
   * How the service states for which account it acts: by `aws:SourceAccount`, or by an external id as Firehose does. What
   * a service of the second kind also states about the source is checked when it states it.
   * @default source
   */
  readonly statedBy?: 'source' | 'external-id';
  readonly statements: readonly PolicyStatement[];
  /**
   * ARN of an AWS managed policy that the role also has.
   * @default none
   */
  readonly managedPolicyArn?: string;
}

/** Role that one AWS service assumes for one purpose. */
export class ServiceRole extends Construct {
  readonly arn: string;
  /** Name of the role as a reference: its users wait for the role. */
  readonly roleName: string;
  /**
   * What a user of the role has to wait for: the policy, not only the role. A service that checks its
   * permissions when it is created would otherwise fail now and then.
   */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    this.arn = props.roleArn;
    const role = new IamRole(this, 'Resource', {
      name: props.roleName,
      description: props.description,
      assumeRolePolicy: policyDocument([ServiceRole.trust(props)]),
    });
    const policy = new IamRolePolicy(this, 'Policy', {
      name: 'permissions',
      role: role.name,
      policy: policyDocument(props.statements),
    });
    this.ready = [role, policy];
    if (props.managedPolicyArn !== undefined) {
      this.ready.push(
        new IamRolePolicyAttachment(this, 'ManagedPolicy', {
          role: role.name,
          policyArn: props.managedPolicyArn,
        }),
      );
    }
    this.roleName = role.name;
  }

  private static trust(props: ServiceRoleProps): PolicyStatement {
    const conditions = ServiceRole.onBehalfOf(props);
    return {
      sid: 'ServiceOfThisAccount',
      principals: { Service: props.service },
      actions: ['sts:AssumeRole'],
      resources: [],
      ...(conditions !== undefined && { conditions }),
    };
  }

  /** Against the confused deputy: the service acts for this account, and for nothing but its sources. */
  private static onBehalfOf({
    accountId,
    sourceArns = [],
    statedBy = 'source',
  }: ServiceRoleProps): PolicyStatement['conditions'] {
    if (accountId === undefined) return undefined;
    const account = { 'aws:SourceAccount': accountId };
    const source = { 'aws:SourceArn': sourceArns };
    if (statedBy === 'source') {
      return { StringEquals: account, ...(sourceArns.length > 0 && { ArnLike: source }) };
    }
    return {
      StringEquals: { 'sts:ExternalId': accountId },
      StringEqualsIfExists: account,
      ...(sourceArns.length > 0 && { ArnLikeIfExists: source }),
    };
  }
}
