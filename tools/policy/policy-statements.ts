import * as z from 'zod';
import type { Resource } from './configuration';

const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));

const statementSchema = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore.default([]),
  Resource: oneOrMore.default([]),
  NotAction: z.unknown().optional(),
  NotResource: z.unknown().optional(),
  NotPrincipal: z.unknown().optional(),
  Principal: z.union([z.literal('*'), z.record(z.string(), oneOrMore)]).optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});

const documentSchema = z.object({
  Statement: z.union([z.array(statementSchema), statementSchema.transform((statement) => [statement])]),
});

/** One statement of a policy, with lists where AWS also takes single values. */
export type Statement = z.infer<typeof statementSchema>;

/** Attributes that hold a policy, by what the policy is. */
const ATTRIBUTES = {
  permissions: ['aws_iam_role_policy.policy', 'aws_iam_policy.policy', 'aws_iam_user_policy.policy'],
  trust: ['aws_iam_role.assume_role_policy'],
  resource: [
    'aws_s3_bucket_policy.policy',
    'aws_sqs_queue_policy.policy',
    'aws_sqs_queue.policy',
    'aws_sns_topic_policy.policy',
    'aws_sns_topic.policy',
    'aws_kms_key.policy',
    'aws_kms_key_policy.policy',
    'aws_vpc_endpoint.policy',
  ],
} as const;

export type PolicyKind = keyof typeof ATTRIBUTES;

/** Types of the resources that hold policies of a kind. */
export function typesWith(kind: PolicyKind): string[] {
  return ATTRIBUTES[kind].map((place) => place.split('.')[0] ?? '');
}

/**
 * Statements of the policy of a kind that a resource holds; none when it holds none or when AWS fills it in.
 *
 * @returns undefined when what is there cannot be read as a policy
 */
export function statementsOf(resource: Resource, kind: PolicyKind): Statement[] | undefined {
  const place = ATTRIBUTES[kind].find((candidate) => candidate.startsWith(`${resource.type}.`));
  const value = place === undefined ? undefined : resource.attributes[place.split('.')[1] ?? ''];
  if (value === undefined || value === null || value === '') return [];
  if (typeof value !== 'string') return undefined;
  try {
    return documentSchema.safeParse(JSON.parse(value)).data?.Statement;
  } catch {
    return undefined;
  }
}

/** Keys of all conditions, in lower case, as AWS compares them. */
export function conditionKeys({ Condition }: Statement): string[] {
  return Object.values(Condition).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase()));
}
