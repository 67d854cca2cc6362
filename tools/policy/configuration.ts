import * as z from 'zod';
import { ownInPlan, ownOf, type Own } from '../access/exposures';
import { OWN_ACCOUNT } from '../access/values';
import { TaskError } from '../cli/errors';
import { alters } from '../terraform/plan/plan-effects';
import type { Plan, ResourceChange } from '../terraform/plan/plan-format';

export interface Resource {
  /** `aws_s3_bucket` */
  readonly type: string;
  /** Name in Terraform: `DeliveryBucket_A9AE6474`. */
  readonly id: string;
  /** Path in the construct tree: `clicklogger/DeliveryBucket/Resource`; in a plan the address. */
  readonly path: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Marks of what is known only after apply. @default everything is known */
  readonly unknown?: unknown;
}

/** The input of the rules: a synthesized stack, or the changes of a plan. */
export interface Configuration {
  readonly stack: string;
  /** Only a whole stack shows whether each bucket has a policy. */
  readonly scope: 'stack' | 'changes';
  readonly resources: readonly Resource[];
  /** Default tags of the provider; undefined for a plan. */
  readonly defaultTags: Readonly<Record<string, string>> | undefined;
  readonly own: Own;
  readonly changes: readonly ResourceChange[];
  /** Addresses of the plan's resources that are also checked in their stack. */
  readonly sources: ReadonlySet<string>;
  /** Hides sensitive values in findings. @default nothing is hidden */
  readonly hide?: (text: string) => string;
}

const metadata = z.object({ '//': z.object({ metadata: z.object({ path: z.string() }) }).optional() });

const stackSchema = z.object({
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  provider: z
    .object({
      aws: z.array(
        z.object({ default_tags: z.array(z.object({ tags: z.record(z.string(), z.string()) })).optional() }),
      ),
    })
    .optional(),
});

/**
 * Reads a stack's cdk.tf.json.
 *
 * @throws TaskError when it is not valid
 */
export function readConfiguration(text: string, stack: string): Configuration {
  const { resource, provider } = parse(text, stack);
  const resources = Object.entries(resource).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, attributes]): Resource => {
      const path = metadata.safeParse(attributes).data?.['//']?.metadata.path ?? `${type}.${id}`;
      return { type, id, path, attributes };
    }),
  );
  const tags = (provider?.aws ?? []).flatMap(({ default_tags: each = [] }) =>
    each.map((block) => block.tags),
  );
  const defaultTags = Object.fromEntries(tags.flatMap((block) => Object.entries(block)));
  const own = ownOf(resources, new Set([OWN_ACCOUNT]));
  return { stack, scope: 'stack', resources, defaultTags, own, ...NO_PLAN };
}

function parse(text: string, stack: string): z.infer<typeof stackSchema> {
  try {
    return stackSchema.parse(JSON.parse(text));
  } catch {
    throw new TaskError(
      `The cdk.tf.json of the stack ${stack} is not valid. Synthesize it again: npm run synth.`,
    );
  }
}

const NO_PLAN = { changes: [], sources: new Set<string>() };

/**
 * The resources that a plan creates, updates, replaces or destroys.
 *
 * @param stacks stacks that are also checked
 */
export function changesOf(plan: Plan, stacks: readonly Configuration[] = []): Configuration {
  const changes = plan.changes.filter(alters);
  const resources = changes.flatMap(({ type, address, after, unknown }): Resource[] =>
    after === undefined ? [] : [{ type, id: address, path: address, attributes: after, unknown }],
  );
  const source = stacks.find(({ stack }) => stack === plan.stack)?.resources ?? [];
  return {
    stack: plan.stack,
    scope: 'changes',
    resources,
    defaultTags: undefined,
    hide: plan.hide,
    own: ownInPlan(plan),
    changes,
    sources: new Set(source.map(({ type, id }) => `${type}.${id}`)),
  };
}

/** Whether the attribute `name` of `resource` refers to `target`, as the bucket of a bucket policy. */
export function refersTo({ attributes }: Resource, name: string, target: Resource): boolean {
  const value = attributes[name];
  return typeof value === 'string' && value.startsWith(`\${${target.type}.${target.id}.`);
}
