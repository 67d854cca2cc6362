import { jsonText } from './json-text';

/** Statement of an IAM policy; wildcards require a reason. */
export interface PolicyStatement {
  /** Name of the statement, unique in its policy: letters and digits. */
  readonly sid: string;
  readonly effect?: 'Allow' | 'Deny';
  /** Only in resource-based policies and trust policies. */
  readonly principals?: Readonly<Record<string, string>>;
  readonly actions: readonly string[];
  /** Empty in trust policies. */
  readonly resources: readonly string[];
  /** Condition operators, e.g. `{ StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } }`. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Required for resource `*`: the reason for it. Not part of the policy. */
  readonly wildcardReason?: string;
  /** Required for an allowed action with `*`: the reason for it. Not part of the policy. */
  readonly wildcardActionReason?: string;
}

/** A policy statement has a wildcard without a reason. */
export class PolicyStatementError extends Error {
  override readonly name = 'PolicyStatementError';
}

/**
 * Allows a role to be passed to one service, e.g. `ec2`. The managed policies of EMR use `ec2.amazonaws.com*` because of
 * `ec2.amazonaws.com.cn` in China; two full names are more restrictive.
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
      `Statement ${statement.sid}: ${wildAction} is a wildcard. List the actions.`,
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
 * Policy as JSON text; tokens in it stay resolvable.
 *
 * @throws PolicyStatementError for a wildcard without a reason
 */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  return jsonText({ Version: '2012-10-17', Statement: statements.map(render) });
}
