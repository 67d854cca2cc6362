import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { resourceType } from '../resource-types';
import type { ActionInvocation, ChangeKind, Plan, ResourceChange } from './plan';
import { entriesOf } from './attributes';
import type { Action, PlanDocument, RawChange, RawResourceChange } from './plan-schema';

/** Converts Terraform's JSON; `fileName` is the name of the stack. */
export function describePlan(document: PlanDocument, fileName: string): Omit<Plan, 'hide'> {
  const stack = basename(fileName).replace(/(\.plan|\.tfplan)?\.json$/, '');
  const configured = configuredAttributes(document);
  const describe = (raw: RawResourceChange) => {
    const names = configured.get(withoutKeys(raw.address)) ?? [];
    return describeChanges(raw, stack).map((change) => ({
      ...change,
      configured: names,
      unknown: withoutOthersPolicies(change, names),
    }));
  };
  const changes = document.resource_changes ?? [];
  return {
    stack,
    terraformVersion: document.terraform_version,
    isComplete: document.complete ?? true,
    accounts: accountsOf(document),
    changes: changes.filter(({ mode }) => mode !== 'data').flatMap(describe),
    reads: changes.filter(({ mode }) => mode === 'data').flatMap(describe),
    drift: (document.resource_drift ?? []).flatMap(describe),
    deferred: (document.deferred_changes ?? []).flatMap(({ reason, resource_change: raw }) =>
      describe(raw).map((change) => ({ reason, change })),
    ),
    outputs: Object.entries(document.output_changes ?? {}).map(([name, { actions }]) => ({
      name,
      kind: kindOf(actions),
    })),
    actions: (document.action_invocations ?? []).map(describeAction),
    failedChecks: (document.checks ?? [])
      .filter(({ status }) => status === 'fail' || status === 'error')
      .map(({ address, instances }) => ({
        address: address.to_display,
        messages: (instances ?? []).flatMap(({ problems }) =>
          (problems ?? []).flatMap(({ message }) => message ?? []),
        ),
      })),
  };
}

/** The marks without managed policies that are not in the configuration: other resources attach those. */
function withoutOthersPolicies({ type, unknown }: ResourceChange, configured: readonly string[]): unknown {
  const places = (resourceType(type)?.access ?? []).flatMap((access) =>
    access.by === 'managed policy' && !configured.includes(access.at) ? [access.at] : [],
  );
  if (configured.length === 0 || places.length === 0) return unknown;
  return Object.fromEntries(entriesOf(unknown).filter(([name]) => !places.includes(name)));
}

function describeAction({
  address,
  lifecycle_action_trigger: trigger,
}: NonNullable<PlanDocument['action_invocations']>[number]): ActionInvocation {
  if (trigger === undefined) return { address, trigger };
  const { triggering_resource_address: resource, action_trigger_event: event } = trigger;
  return { address, trigger: { address: resource, event } };
}

/** One change; two (forget, create) for a replacement that does not destroy the old resource. */
function describeChanges(raw: RawResourceChange, stack: string): ResourceChange[] {
  const { actions, before, after } = raw.change;
  if (!actions.includes('forget')) return [describeChange(raw, stack, effectOf(raw))];
  // A forgotten resource does not change.
  const left = { ...raw, change: { ...raw.change, after: before, after_unknown: {} } };
  const forgotten = describeChange(left, stack, 'forget');
  if (!actions.includes('create')) return [forgotten];
  const created = { ...raw, change: { ...raw.change, before: undefined, after } };
  return [describeChange(created, stack, 'create'), { ...forgotten, previousAddress: undefined }];
}

function describeChange(raw: RawResourceChange, stack: string, kind: ChangeKind): ResourceChange {
  const { change } = raw;
  return {
    stack,
    address: raw.deposed === undefined ? raw.address : `${raw.address} (deposed ${raw.deposed})`,
    previousAddress: oldAddress(raw),
    type: raw.type,
    kind,
    reason: raw.action_reason,
    forcedBy: (change.replace_paths ?? []).map((path) => path.join('.')),
    importId: change.importing ? (change.importing.id ?? '(not in the plan)') : undefined,
    before: change.before ?? undefined,
    after: change.after ?? undefined,
    unknown: change.after_unknown,
    configured: [],
  };
}

function oldAddress({ address, previous_address: previous }: RawResourceChange): string | undefined {
  return previous === address ? undefined : previous;
}

function kindOf(actions: readonly Action[]): ChangeKind {
  if (actions.includes('delete') && actions.includes('create')) return 'replace';
  return actions[0] ?? 'no-op';
}

function effectOf(raw: RawResourceChange): ChangeKind {
  const kind = kindOf(raw.change.actions);
  if (kind === 'update' && isRemarked(raw.change)) return 'remark';
  if (kind !== 'no-op') return kind;
  if (raw.change.importing) return 'import';
  return oldAddress(raw) === undefined ? kind : 'move';
}

/** Whether only the marks of sensitive values differ. */
function isRemarked({ before, after, after_unknown: unknown, ...marks }: RawChange): boolean {
  return (
    isDeepStrictEqual(before, after) &&
    // Matches values, not names of attributes.
    !/[:[,]true/.test(JSON.stringify(unknown ?? {})) &&
    !isDeepStrictEqual(marks.before_sensitive, marks.after_sensitive)
  );
}

/** Types whose `arn` is an argument and can be of another account. */
const WRITTEN = new Set([
  'aws_cloudwatch_event_target',
  'aws_sns_topic_policy',
  'aws_lakeformation_resource',
]);

/** IDs of the accounts of the plan: from aws_caller_identity, else from ARNs in the state. */
function accountsOf({ prior_state: state, resource_changes: changes }: PlanDocument): string[] {
  const fromCaller = objectsIn(state)
    .filter(({ type }) => type === 'aws_caller_identity')
    .map(({ values }) => new Map(entriesOf(values)).get('account_id'));
  const known = (changes ?? [])
    .filter(({ type }) => !WRITTEN.has(type))
    .flatMap(({ change: { before } }) => [String(before?.arn).split(':')[4], before?.owner_id]);
  const accounts = new Set(fromCaller.length > 0 ? fromCaller : known);
  return [...accounts].filter((id): id is string => typeof id === 'string' && /^\d{12}$/.test(id));
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const parts = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? parts : [Object.fromEntries(Object.entries(value)), ...parts];
}

/** Names of the attributes that the configuration sets, by the address without keys; empty without a configuration. */
function configuredAttributes({ configuration }: PlanDocument): ReadonlyMap<string, readonly string[]> {
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
function withoutKeys(address: string): string {
  return address.replaceAll(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g, '');
}
