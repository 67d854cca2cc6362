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
   * Required source account; undefined only for ec2.amazonaws.com, which does not set a source account.
   */
  readonly accountId: string | undefined;
  /**
   * Allowed source resources (ARN patterns), for services that set `aws:SourceArn`.
   * @default any resource of the account
   */
  readonly sourceArns?: readonly string[];
  /**
   * Condition key of the source account: `aws:SourceAccount`, or `sts:ExternalId` as Firehose uses it. With an external id the
   * source account and ARN are checked only when the service sets them.
   * @default source
   */
  readonly statedBy?: 'source' | 'external-id';
  readonly statements: readonly PolicyStatement[];
  /**
   * ARN of an AWS managed policy to attach.
   * @default none
   */
  readonly managedPolicyArn?: string;
}

/** Role that one AWS service assumes for one purpose. */
export class ServiceRole extends Construct {
  readonly arn: string;
  /** Name of the role as a reference, which is a dependency on the role. */
  readonly roleName: string;
  /**
   * Dependencies for resources that use the role: role and policies. Some services check permissions when a resource is created,
   * which otherwise fails periodically.
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

  /** Prevents the confused deputy problem: the service acts only for this account and for the allowed sources. */
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
