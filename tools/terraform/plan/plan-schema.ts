import * as z from 'zod';

/** Attributes of a resource by name, of any type. */
export type Attributes = Readonly<Record<string, unknown>>;

const ACTIONS = ['no-op', 'create', 'read', 'update', 'delete', 'forget'] as const;

export type Action = (typeof ACTIONS)[number];

/** Not z.record, which parses each name: 20 percent of the time of a large review. */
const attributes = z
  .custom<Attributes>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'expected an object',
  )
  .nullish();

const changeSchema = z.object({
  actions: z.array(z.enum(ACTIONS)),
  before: attributes,
  after: attributes,
  after_unknown: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).nullish(),
  importing: z.looseObject({ id: z.string().optional() }).nullish(),
});

const resourceChangeSchema = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string().optional(),
  type: z.string(),
  name: z.string(),
  deposed: z.string().optional(),
  action_reason: z.string().optional(),
  change: changeSchema,
});

const outputChangeSchema = changeSchema.extend({
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});

const checkSchema = z.object({
  address: z.object({ to_display: z.string() }),
  status: z.string(),
  instances: z
    .array(z.object({ problems: z.array(z.object({ message: z.string().optional() })).nullish() }))
    .nullish(),
});

const actionSchema = z.object({
  address: z.string(),
  lifecycle_action_trigger: z
    .object({ triggering_resource_address: z.string(), action_trigger_event: z.string() })
    .optional(),
});

/** The fields of a plan that are read: https://developer.hashicorp.com/terraform/internals/json-format */
export const planSchema = z.object({
  format_version: z.string(),
  terraform_version: z.string().optional(),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
  resource_changes: z.array(resourceChangeSchema).nullish(),
  resource_drift: z.array(resourceChangeSchema).nullish(),
  deferred_changes: z
    .array(z.object({ reason: z.string(), resource_change: resourceChangeSchema }))
    .nullish(),
  output_changes: z.record(z.string(), outputChangeSchema).nullish(),
  checks: z.array(checkSchema).nullish(),
  action_invocations: z.array(actionSchema).nullish(),
  prior_state: z.unknown().optional(),
  configuration: z.unknown().optional(),
});

export type PlanDocument = z.infer<typeof planSchema>;
export type RawResourceChange = z.infer<typeof resourceChangeSchema>;
export type RawChange = z.infer<typeof changeSchema>;

/** Maps all resources, including drift and deferred changes. */
export function mapResources(
  document: PlanDocument,
  map: (resource: RawResourceChange) => RawResourceChange,
): PlanDocument {
  return {
    ...document,
    resource_changes: document.resource_changes?.map(map),
    resource_drift: document.resource_drift?.map(map),
    deferred_changes: document.deferred_changes?.map((deferred) => ({
      ...deferred,
      resource_change: map(deferred.resource_change),
    })),
  };
}

export function mapValues(
  attributes: Attributes,
  map: (value: unknown, name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, map(value, name)]));
}

/** Maps each part of a list or an object, and the names of an object. */
export function mapParts(
  value: unknown,
  map: (part: unknown, name: string) => unknown,
  rename = (name: string): string => name,
): unknown {
  if (Array.isArray(value)) return value.map((part, index) => map(part, String(index)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [rename(name), map(part, name)]));
}
