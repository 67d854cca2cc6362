import * as z from 'zod';
import { ownInPlan, ownOf, type Own } from '../access/exposures';
import { OWN_ACCOUNT } from '../access/values';
import { TaskError } from '../cli/errors';
import { alters } from '../terraform/plan/plan-effects';
import type { Plan, ResourceChange } from '../terraform/plan/plan-format';

/** A resource as the project describes it. */
export interface Resource {
  /** `aws_s3_bucket` */
  readonly type: string;
  /** Local name of Terraform: `DeliveryBucket_A9AE6474`. */
  readonly id: string;
  /** Where it stands: `clicklogger/DeliveryBucket/Resource`; its address where the source does not say, as in a plan. */
  readonly path: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Marks of what is known only after apply. @default everything is known */
  readonly unknown?: unknown;
}

/** What the rules check: all of a synthesized stack, or what a plan would make or change. */
export interface Configuration {
  readonly stack: string;
  /** A plan holds single resources; only the whole stack shows whether each bucket has its policy. */
  readonly scope: 'stack' | 'changes';
  readonly resources: readonly Resource[];
  /** Tags that the provider puts on every resource; undefined when the source does not say. */
  readonly defaultTags: Readonly<Record<string, string>> | undefined;
  /** The project's accounts, roles and buckets. */
  readonly own: Own;
  /** Changes of a plan, with what was before; none of a stack. */
  readonly changes: readonly ResourceChange[];
  /** Addresses of resources that are checked in the stack that the plan was made of. */
  readonly sources: ReadonlySet<string>;
  /** Hides sensitive values, which the rules have to see, in what they say. @default nothing is hidden */
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
 * @throws TaskError when it is not one
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
      `The stack ${stack} has no readable cdk.tf.json. Synthesize it again: npm run synth.`,
    );
  }
}

const NO_PLAN = { changes: [], sources: new Set<string>() };

/**
 * What a plan creates, changes or replaces, as it would be then, and what it takes away.
 *
 * @param stacks those that are checked too
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

/** Whether `resource` refers to `target` by its attribute `name`: the bucket of a bucket policy, for example. */
export function refersTo({ attributes }: Resource, name: string, target: Resource): boolean {
  const value = attributes[name];
  return typeof value === 'string' && value.startsWith(`\${${target.type}.${target.id}.`);
}
