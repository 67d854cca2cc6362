import type { PermissionRequest } from '../../../stacks/permission-matrix/declaration';

export interface RoleUnderTest {
  /** ARN with the partition and account of the request. */
  readonly arn: string;
  readonly policies: readonly unknown[];
}

/** The default key policy of KMS: IAM policies of the account decide. */
function defaultKeyPolicy(partition: string, account: string): object {
  const principal = { AWS: `arn:${partition}:iam::${account}:root` };
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'kms:*', Resource: '*' }],
  };
}

/**
 * Whether IAM allows the request on a resource of the role's account.
 *
 * @throws Error when a policy or the request is not valid
 */
export async function isAllowed(
  { arn, policies }: RoleUnderTest,
  { action, resource, context = {} }: PermissionRequest,
): Promise<boolean> {
  // Loaded on demand: it takes 0.3 s.
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
