import { IAM, paginateListRolePolicies, paginateListRoles } from '@aws-sdk/client-iam';
import * as z from 'zod';
import type { Target } from '../../aws/target';

/** One action of one statement of an inline policy. */
export interface Permission {
  /** Purpose in the name of the role, e.g. `covid-workflow`. */
  readonly role: string;
  readonly sid: string;
  readonly action: string;
}

export const describePermission = ({ role, sid, action }: Permission): string => `${role} ${sid} ${action}`;

const policySchema = z.looseObject({
  Statement: z.array(
    z.looseObject({ Sid: z.string(), Effect: z.literal('Allow'), Action: z.array(z.string()) }),
  ),
});

type Policy = z.infer<typeof policySchema>;

interface HeldPolicy {
  readonly role: string;
  readonly RoleName: string;
  readonly PolicyName: string;
  readonly policy: Policy;
}

const FAULT_POLICY = 'fault';

/** The inline policies of the roles of a stage. */
export class RolePolicies {
  private constructor(
    private readonly target: Target,
    private readonly held: readonly HeldPolicy[],
  ) {}

  static async read(target: Target): Promise<RolePolicies> {
    const iam = target.client(IAM);
    const [before = '', after = ''] = target.names.role('PURPOSE').split('PURPOSE');
    const held: HeldPolicy[] = [];
    for await (const { Roles = [] } of paginateListRoles({ client: iam }, {}))
      for (const { RoleName = '' } of Roles.filter(({ RoleName: name }) => name?.startsWith(before)))
        for await (const { PolicyNames = [] } of paginateListRolePolicies({ client: iam }, { RoleName }))
          for (const PolicyName of PolicyNames) {
            const { PolicyDocument = '' } = await iam.getRolePolicy({ RoleName, PolicyName });
            const policy = policySchema.parse(JSON.parse(decodeURIComponent(PolicyDocument)));
            held.push({ role: RoleName.slice(before.length, -after.length), RoleName, PolicyName, policy });
          }
    return new RolePolicies(target, held);
  }

  list(): Permission[] {
    return this.held.flatMap(({ role, policy }) =>
      policy.Statement.flatMap(({ Sid: sid, Action }) => Action.map((action) => ({ role, sid, action }))),
    );
  }

  async without<T>({ role, sid, action }: Permission, work: () => Promise<T>): Promise<T> {
    const held = this.held.find(
      (one) => one.role === role && one.policy.Statement.some(({ Sid }) => Sid === sid),
    );
    if (held === undefined) throw new Error(`The role ${role} has no statement ${sid}.`);
    const Statement = held.policy.Statement.map((statement) =>
      statement.Sid === sid
        ? { ...statement, Action: statement.Action.filter((one) => one !== action) }
        : statement,
    ).filter(({ Action }) => Action.length > 0);
    await this.put(held, { ...held.policy, Statement });
    try {
      return await work();
    } finally {
      await this.put(held, held.policy);
    }
  }

  /** Does `work` with an explicit deny of the actions for the role. */
  async denying<T>(role: string, actions: readonly string[], work: () => Promise<T>): Promise<T> {
    const iam = this.target.client(IAM);
    const policy = { RoleName: this.target.names.role(role), PolicyName: FAULT_POLICY };
    const Statement = [{ Sid: 'Fault', Effect: 'Deny', Action: actions, Resource: ['*'] }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.putRolePolicy({ ...policy, PolicyDocument });
    try {
      return await work();
    } finally {
      await iam.deleteRolePolicy(policy);
    }
  }

  private async put({ RoleName, PolicyName }: HeldPolicy, policy: Policy): Promise<void> {
    const iam = this.target.client(IAM);
    const names = { RoleName, PolicyName };
    // IAM rejects a policy without statements.
    if (policy.Statement.length === 0) await iam.deleteRolePolicy(names);
    else await iam.putRolePolicy({ ...names, PolicyDocument: JSON.stringify(policy) });
  }
}
