import type { PlanDocument } from './plan-schema';
import { entriesOf } from './attributes';

/** Types whose `arn` is an argument and can be of another account. */
const WRITTEN = new Set([
  'aws_cloudwatch_event_target',
  'aws_sns_topic_policy',
  'aws_lakeformation_resource',
]);

/** IDs of the accounts of the plan: from aws_caller_identity, else from ARNs in the state. */
export function accountsOf({ prior_state: state, resource_changes: changes }: PlanDocument): string[] {
  const asked = objectsIn(state)
    .filter(({ type }) => type === 'aws_caller_identity')
    .map(({ values }) => new Map(entriesOf(values)).get('account_id'));
  const known = (changes ?? [])
    .filter(({ type }) => !WRITTEN.has(type))
    .flatMap(({ change: { before } }) => [String(before?.arn).split(':')[4], before?.owner_id]);
  const accounts = new Set(asked.length > 0 ? asked : known);
  return [...accounts].filter((id): id is string => typeof id === 'string' && /^\d{12}$/.test(id));
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const parts = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? parts : [Object.fromEntries(Object.entries(value)), ...parts];
}

/** Names of the attributes that the configuration sets, by the address without keys; empty without a configuration. */
export function configuredAttributes({
  configuration,
}: PlanDocument): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const visit = (module: unknown, path: string): void => {
    const { resources, module_calls: calls } = Object.fromEntries(entriesOf(module));
    for (const { address, expressions } of objectsIn(resources))
      if (typeof address === 'string')
        found.set(
          `${path}${address}`,
          entriesOf(expressions).map(([name]) => name),
        );
    for (const [name, call] of entriesOf(calls))
      visit(new Map(entriesOf(call)).get('module'), `${path}module.${name}.`);
  };
  visit(new Map(entriesOf(configuration)).get('root_module'), '');
  return found;
}

/** `module.a["x"].aws_b.c[0]` without keys. */
export function withoutKeys(address: string): string {
  return address.replaceAll(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g, '');
}
