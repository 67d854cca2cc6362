import type { PermissionRequest } from '../../../stacks/permission-matrix/declaration';

/** A role as IAM sees it when the role asks for something. */
export interface RoleUnderTest {
  /** ARN; its partition and account are those of the request. */
  readonly arn: string;
  /** Its policies, as JSON has them. */
  readonly policies: readonly unknown[];
}

/** The policy of a KMS key that is given none: it leaves everything to the account's own policies. */
function defaultKeyPolicy(partition: string, account: string): object {
  const principal = { AWS: `arn:${partition}:iam::${account}:root` };
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*' }],
  };
}

/**
 * Whether the role may make the request, as IAM evaluates it; whatever the request names is in the role's own account.
 *
 * @throws Error when a policy or the request is not one that IAM takes
 */
export async function isAllowed(
  { arn, policies }: RoleUnderTest,
  { action, resource, context = {} }: PermissionRequest,
): Promise<boolean> {
  // Loading it takes a third of a second, which a review of no declared role need not spend.
  const { runSimulation } = await import('@cloud-copilot/iam-simulate');
  const [, partition = '', , , account = ''] = arn.split(':');
  const outcome = await runSimulation(
    {
      request: {
        principal: arn,
        action,
        resource: { resource, accountId: account },
        contextVariables: { 'aws:SecureTransport': 'true', ...context },
      },
      identityPolicies: policies.map((policy, index) => ({ name: `policy ${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(action.startsWith('kms:') && { resourcePolicy: defaultKeyPolicy(partition, account) }),
    },
    {},
  );
  if (outcome.resultType === 'error')
    throw new Error(`${action} on ${resource}: ${JSON.stringify(outcome.errors)}`);
  return outcome.overallResult === 'Allowed';
}
