import { jsonText } from './json-text';

/** One statement of an IAM policy, in the words of this project: no wildcard without a reason. */
export interface PolicyStatement {
  /** Name of the statement, unique in its policy: letters and digits. */
  readonly sid: string;
  readonly effect?: 'Allow' | 'Deny';
  /** Only in policies of resources and in trust policies: whom the statement is about. */
  readonly principals?: Readonly<Record<string, string>>;
  readonly actions: readonly string[];
  /** Empty in trust policies, which are about the role itself. */
  readonly resources: readonly string[];
  /** Condition operators, e.g. `{ StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } }`. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Required when a resource is `*`: why the service offers nothing narrower. Not part of the policy. */
  readonly wildcardReason?: string;
  /** Required when an allowed action has a `*`: why listing the actions would be wrong. Not part of the policy. */
  readonly wildcardActionReason?: string;
}

/** A policy statement is wider than it says it has to be. */
export class PolicyStatementError extends Error {
  override readonly name = 'PolicyStatementError';
}

/**
 * Lets a role be passed to one service, e.g. `ec2`. EMR's own policies name the service as `ec2.amazonaws.com*`, for the
 * sake of China, where it is called `ec2.amazonaws.com.cn`; both names in full let nothing else in.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEMRServicePolicy_v2.html
 */
export function passRole(sid: string, roleArn: string, service: string): PolicyStatement {
  const names = [`${service}.amazonaws.com`, `${service}.amazonaws.com.cn`];
  return {
    sid,
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': names } },
  };
}

function render(statement: PolicyStatement): object {
  if (statement.resources.includes('*') && statement.wildcardReason === undefined) {
    throw new PolicyStatementError(`Statement ${statement.sid}: resource * needs a wildcardReason.`);
  }
  const wildAction =
    statement.effect === 'Deny' || statement.wildcardActionReason !== undefined
      ? undefined
      : statement.actions.find((action) => action.includes('*'));
  if (wildAction !== undefined) {
    throw new PolicyStatementError(
      `Statement ${statement.sid}: ${wildAction} is a wildcard; list the actions.`,
    );
  }
  return {
    Sid: statement.sid,
    Effect: statement.effect ?? 'Allow',
    ...(statement.principals && { Principal: statement.principals }),
    Action: statement.actions,
    ...(statement.resources.length > 0 && { Resource: statement.resources }),
    ...(statement.conditions && { Condition: statement.conditions }),
  };
}

/**
 * The policy's JSON text. Tokens in it stay resolvable.
 *
 * @throws PolicyStatementError for a wildcard action, or a wildcard resource without its reason
 */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  return jsonText({ Version: '2012-10-17', Statement: statements.map(render) });
}
