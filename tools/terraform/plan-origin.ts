import * as z from 'zod';
import type { PlanDocument } from './plan-schema';

const moduleSchema = z.object({
  resources: z.array(z.object({ type: z.string(), values: z.record(z.string(), z.unknown()) })).optional(),
  get child_modules() {
    return z.array(moduleSchema).optional();
  },
});

const stateSchema = z.object({ values: z.object({ root_module: moduleSchema }) });

/** Types whose `arn` people write, of something that may be another account's. */
const WRITTEN = new Set([
  'aws_cloudwatch_event_target',
  'aws_sns_topic_policy',
  'aws_lakeformation_resource',
]);

/** Numbers of the accounts that the plan is made for: as AWS says to the provider, else as the state's own ARNs do. */
export function accountsOf({ prior_state: state, resource_changes: changes }: PlanDocument): string[] {
  const asked = resourcesIn(stateSchema.safeParse(state).data?.values.root_module)
    .filter(({ type }) => type === 'aws_caller_identity')
    .map(({ values }) => String(values.account_id));
  const known = (changes ?? [])
    .filter(({ type }) => !WRITTEN.has(type))
    .flatMap(({ change: { before } }) => {
      const arn = typeof before?.arn === 'string' ? before.arn : '';
      return [arn.split(':')[4], before?.owner_id];
    });
  const accounts = asked.length > 0 ? asked : known;
  return [...new Set(accounts)].filter((id): id is string => typeof id === 'string' && /^\d{12}$/.test(id));
}

type Module = z.infer<typeof moduleSchema>;

function resourcesIn(module: Module | undefined): NonNullable<Module['resources']> {
  return [
    ...(module?.resources ?? []),
    ...(module?.child_modules ?? []).flatMap((child) => resourcesIn(child)),
  ];
}

const configurationSchema = z.object({
  resources: z
    .array(z.object({ address: z.string(), expressions: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
  get module_calls() {
    return z.record(z.string(), z.object({ module: configurationSchema.optional() })).optional();
  },
});

type Configuration = z.infer<typeof configurationSchema>;

/** Names of the attributes that the configuration sets, by the address without keys; empty when the plan does not say. */
export function configuredAttributes({
  configuration,
}: PlanDocument): ReadonlyMap<string, readonly string[]> {
  const root = z.object({ root_module: configurationSchema }).safeParse(configuration).data?.root_module;
  return new Map(root === undefined ? [] : attributesIn(root, ''));
}

function attributesIn(
  { resources = [], module_calls = {} }: Configuration,
  path: string,
): [string, string[]][] {
  return [
    ...resources.map(({ address, expressions = {} }): [string, string[]] => [
      `${path}${address}`,
      Object.keys(expressions),
    ]),
    ...Object.entries(module_calls).flatMap(([name, { module }]) =>
      module === undefined ? [] : attributesIn(module, `${path}module.${name}.`),
    ),
  ];
}

/** `module.a["x"].aws_b.c[0]` without its keys. */
export function withoutKeys(address: string): string {
  return address.replaceAll(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g, '');
}
