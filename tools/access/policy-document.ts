import * as z from 'zod';

export interface Principal {
  /** `AWS`, `Service`, `Federated`, `CanonicalUser`. */
  readonly type: string;
  /** An ARN, an account, a service, an identity provider, or `*`. */
  readonly name: string;
}

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const principals = z.union([
  z.string().transform((name): Principal[] => [{ type: 'AWS', name }]),
  z
    .record(z.string(), list)
    .transform((byType) =>
      Object.entries(byType).flatMap(([type, names]) => names.map((name): Principal => ({ type, name }))),
    ),
]);

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const values = z.union([scalar, z.array(scalar)]).transform((value) => [value].flat());

const statementSchema = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principals.optional(),
  NotPrincipal: principals.optional(),
  Action: list.default([]),
  NotAction: list.optional(),
  Resource: list.default([]),
  NotResource: list.optional(),
  Condition: z.record(z.string(), z.record(z.string(), values)).default({}),
});

const documentSchema = z.object({
  Statement: z.union([z.array(statementSchema), statementSchema.transform((statement) => [statement])]),
});

/** One statement of a policy, with lists where IAM also accepts single values. */
export type Statement = z.infer<typeof statementSchema>;

/** The statements of a policy; undefined when the text is not a policy. */
export function parsePolicy(text: string): Statement[] | undefined {
  try {
    return documentSchema.safeParse(JSON.parse(text)).data?.Statement;
  } catch {
    return undefined;
  }
}

/** Whether the pattern `outer` matches everything that the pattern `inner` matches. */
export function covers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  if (!/[*?]/.test(outer)) return false;
  // Backtracking to the last star is enough.
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

/** As `covers`, for actions, which are not case-sensitive. */
export function coversAction(outer: string, inner: string): boolean {
  return covers(outer.toLowerCase(), inner.toLowerCase());
}
