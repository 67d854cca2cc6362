import { type ContextEntry, IAM } from '@aws-sdk/client-iam';
import type { Settings } from '../../config/settings';
import type { DeclaredSetting, PermissionRequest } from '../../stacks/permission-matrix/declaration';
import { TaskError } from '../cli/errors';
import { declaredRole } from '../plan-review/access/declared-roles';
import type { ResourceChange } from '../terraform/plan/plan-format';
import type { Target } from '../aws/target';
import { compareFacts, type Finding } from './facts';

/** Settings of declarations. */
const SWITCHES: Readonly<Record<DeclaredSetting, (settings: Settings) => boolean>> = {
  CLUSTER_CLOUDWATCH_LOGS: ({ cluster }) => cluster.cloudwatchLogs,
  CLUSTER_ENCRYPTION: ({ cluster }) => cluster.encryption,
  CLUSTER_SPOT: ({ cluster }) => cluster.spot,
  CUSTOMER_MANAGED_KEYS: ({ customerManagedKeys }) => customerManagedKeys,
};

interface Row extends PermissionRequest {
  readonly role: string;
  readonly roleArn: string;
  readonly expected: string;
}

/** Evaluates every row of the permission matrix with IAM. */
export async function simulatedPermissions(
  target: Target,
  resources: readonly ResourceChange[],
  onProgress: (text: string) => void,
): Promise<Finding[]> {
  const rows = matrixRows(target.settings, resources);
  const findings: Finding[] = [];
  // Sequentially, because IAM allows only a few calls per second.
  for (const row of rows) {
    const name = `${row.role}: ${row.action} on ${row.resource}`;
    const seen = await simulate(target.client(IAM), row);
    findings.push(...compareFacts('permissions', { [name]: row.expected }, { [name]: seen }));
    onProgress(`${findings.length} of ${rows.length} permissions`);
  }
  return findings;
}

function matrixRows(settings: Settings, resources: readonly ResourceChange[]): Row[] {
  const names = resources
    .filter(({ type }) => type === 'aws_iam_role')
    .map(({ after }) => String(after?.name));
  const rows = names.flatMap((name) => {
    const declared = declaredRole(name, resources, []);
    if (declared === undefined) return [];
    const { arn, declaration } = declared;
    const rowOf = (request: PermissionRequest, isAllowed: boolean): Row => ({
      ...request,
      role: name,
      roleArn: arn,
      expected: isAllowed ? 'allowed' : 'denied',
    });
    return [
      ...declaration.may.map((request) => rowOf(request, isNeeded(settings, request))),
      ...declaration.mayNot.map((request) => rowOf(request, false)),
    ];
  });
  if (rows.length === 0)
    throw new TaskError('No role of the stage is declared in stacks/permission-matrix/.');
  return rows;
}

function isNeeded(settings: Settings, { setting }: PermissionRequest): boolean {
  return setting === undefined || SWITCHES[setting](settings);
}

async function simulate(iam: IAM, { roleArn, action, resource, context = {} }: Row): Promise<string> {
  const entries = Object.entries({ 'aws:SecureTransport': 'true', ...context }).map(
    ([key, value]): ContextEntry => ({
      ContextKeyName: key,
      ContextKeyValues: [value],
      ContextKeyType: value === 'true' || value === 'false' ? 'boolean' : 'string',
    }),
  );
  const { EvaluationResults: [result] = [] } = await iam.simulatePrincipalPolicy({
    PolicySourceArn: roleArn,
    ActionNames: [action],
    ResourceArns: [resource],
    ContextEntries: entries,
  });
  return result?.EvalDecision === 'allowed' ? 'allowed' : 'denied';
}
