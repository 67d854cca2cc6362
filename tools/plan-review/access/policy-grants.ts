import * as z from 'zod';

const strings = z.union([z.string().transform((item) => [item]), z.array(z.string())]);

const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.string(), z.record(z.string(), strings)]).optional(),
  NotPrincipal: z.union([z.string(), z.record(z.string(), strings)]).optional(),
  Action: strings.optional(),
  NotAction: strings.optional(),
  Resource: strings.optional(),
  NotResource: strings.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

const policySchema = z.object({
  Statement: z.union([statementSchema.transform((item) => [item]), z.array(statementSchema)]),
});

type Statement = z.infer<typeof statementSchema>;

/** One thing that a policy allows or denies: an action on a resource, for somebody, under a condition. */
export interface Grant {
  readonly effect: 'Allow' | 'Deny';
  /** Whom a policy of a resource or of trust is about; '' in a policy of a role. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** JSON with sorted names; '' when there is none. */
  readonly condition: string;
}

/** Actions that stand for a pattern such as `s3:Get*`: the pattern itself when it is not known. */
export type Expand = (pattern: string) => Promise<readonly string[]>;

/** Every grant of a policy, with patterns of actions expanded; undefined when the text is not a policy. */
export async function grantsOf(policy: string, expand: Expand): Promise<Grant[] | undefined> {
  const statements = statementsOf(policy);
  if (statements === undefined) return undefined;
  return (await Promise.all(statements.map((statement) => grantsOfStatement(statement, expand)))).flat();
}

function statementsOf(policy: string): Statement[] | undefined {
  try {
    return policySchema.safeParse(JSON.parse(policy)).data?.Statement;
  } catch {
    return undefined;
  }
}

async function grantsOfStatement(statement: Statement, expand: Expand): Promise<Grant[]> {
  const condition = statement.Condition === undefined ? '' : JSON.stringify(sorted(statement.Condition));
  const actions = statement.NotAction
    ? [`every action but ${statement.NotAction.join(', ')}`]
    : (await Promise.all((statement.Action ?? []).map(expand))).flat();
  const resources = statement.NotResource
    ? [`everything but ${statement.NotResource.join(', ')}`]
    : (statement.Resource ?? ['']);
  const principals = principalsOf(statement);
  return actions.flatMap((action) =>
    resources.flatMap((resource) =>
      principals.map((principal) => ({ effect: statement.Effect, principal, action, resource, condition })),
    ),
  );
}

function principalsOf({ Principal, NotPrincipal }: Statement): string[] {
  if (NotPrincipal !== undefined) return [`everybody but ${named(NotPrincipal).join(', ')}`];
  return Principal === undefined ? [''] : named(Principal);
}

function named(principal: NonNullable<Statement['Principal']>): string[] {
  if (typeof principal === 'string') return [principal];
  return Object.entries(principal).flatMap(([kind, names]) =>
    names.map((name) => (kind === 'Service' || name === '*' ? name : `${kind} ${name}`)),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}

/** Whether everything that `inner` matches, `outer` matches too; a `*` of `inner` is matched by a `*` only. */
export function covers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  if (!/[*?]/.test(outer)) return false;
  // Two positions to go back to are enough: the last star matches as much as it must.
  let [o, i, star, mark] = [0, 0, -1, 0];
  while (i < inner.length) {
    if (outer[o] === '*') {
      [star, mark] = [o, i];
      o += 1;
    } else if (o < outer.length && (outer[o] === inner[i] || (outer[o] === '?' && inner[i] !== '*'))) {
      [o, i] = [o + 1, i + 1];
    } else if (star >= 0) {
      mark += 1;
      [o, i] = [star + 1, mark];
    } else return false;
  }
  return /^\**$/.test(outer.slice(o));
}

function isWithin(grant: Grant, others: readonly Grant[]): boolean {
  return others.some(
    (other) =>
      other.effect === grant.effect &&
      (other.principal === grant.principal || other.principal === '*') &&
      covers(other.action.toLowerCase(), grant.action.toLowerCase()) &&
      covers(other.resource, grant.resource) &&
      (other.condition === grant.condition || other.condition === ''),
  );
}

/** What two policies do not have in common. */
export interface GrantChanges {
  readonly added: readonly Grant[];
  readonly removed: readonly Grant[];
}

/** Grants of one policy that the other does not cover, both ways. */
export function grantChanges(before: readonly Grant[], after: readonly Grant[]): GrantChanges {
  return {
    added: unique(after).filter((grant) => !isWithin(grant, before)),
    removed: unique(before).filter((grant) => !isWithin(grant, after)),
  };
}

function unique(grants: readonly Grant[]): Grant[] {
  return [...new Map(grants.map((grant) => [JSON.stringify(grant), grant])).values()];
}

/** More can be done: something new is allowed, or no longer denied. */
export function isWidened({ added, removed }: GrantChanges): boolean {
  return added.some(({ effect }) => effect === 'Allow') || removed.some(({ effect }) => effect === 'Deny');
}

/** Less can be done: something is newly denied, or no longer allowed. */
export function isNarrowed({ added, removed }: GrantChanges): boolean {
  return added.some(({ effect }) => effect === 'Deny') || removed.some(({ effect }) => effect === 'Allow');
}
