import type { ChangeKind, Plan, ResourceChange } from './plan';

export const COUNTS = ['import', 'add', 'change', 'replace', 'destroy', 'forget', 'move'] as const;

/** Numbers of resources; a replacement counts once. */
export type Counts = Readonly<Record<(typeof COUNTS)[number], number>>;

interface Effect {
  /** Whether an apply changes the resource or Terraform's state. */
  readonly applies: boolean;
  /** Whether the resource itself changes in AWS. */
  readonly alters: boolean;
  /** The number of Terraform that counts it, if any. */
  readonly counts: keyof Counts | undefined;
}

/** All kinds of changes. A moved or imported resource can also have another kind. */
const EFFECTS: Readonly<Record<ChangeKind, Effect>> = {
  'no-op': { applies: false, alters: false, counts: undefined },
  read: { applies: false, alters: false, counts: undefined },
  create: { applies: true, alters: true, counts: 'add' },
  update: { applies: true, alters: true, counts: 'change' },
  /** Delete and create, in either order. */
  replace: { applies: true, alters: true, counts: 'replace' },
  delete: { applies: true, alters: true, counts: 'destroy' },
  /** No longer managed, not destroyed. */
  forget: { applies: true, alters: false, counts: 'forget' },
  /** Only changes the state. */
  import: { applies: true, alters: false, counts: undefined },
  move: { applies: true, alters: false, counts: undefined },
  /** Only the marks of sensitive values change: Terraform does not call the provider. */
  remark: { applies: true, alters: false, counts: 'change' },
};

export function applies({ kind }: { readonly kind: ChangeKind }): boolean {
  return EFFECTS[kind].applies;
}

export function alters({ kind }: { readonly kind: ChangeKind }): boolean {
  return EFFECTS[kind].alters;
}

type Counted = Pick<ResourceChange, 'kind'> & Partial<Pick<ResourceChange, 'importId' | 'previousAddress'>>;

/** Counts as Terraform does: an imported and changed resource counts twice. */
export function countChanges(changes: readonly Counted[]): Counts {
  const count = (name: keyof Counts): number =>
    changes.filter(({ kind }) => EFFECTS[kind].counts === name).length;
  return {
    import: changes.filter(({ importId }) => importId !== undefined).length,
    add: count('add'),
    change: count('change'),
    replace: count('replace'),
    destroy: count('destroy'),
    forget: count('forget'),
    move: changes.filter(({ previousAddress }) => previousAddress !== undefined).length,
  };
}

export const NO_CHANGE = 'no change';

/** "57 to add", "1 to change, 1 to replace", "no change". */
export function describeCounts(counts: Counts): string {
  const parts = COUNTS.filter((name) => counts[name] > 0).map((name) => `${counts[name]} to ${name}`);
  return parts.length === 0 ? NO_CHANGE : parts.join(', ');
}

/** The numbers of Terraform's line "Plan: …", in which a replacement counts as an addition and a destruction. */
export function terraformCounts({ import: imported, add, change, replace, destroy }: Counts): string {
  const first = imported > 0 ? `${imported} to import, ` : '';
  return `${first}${add + replace} to add, ${change} to change, ${destroy + replace} to destroy`;
}

type Effects = Pick<Plan, 'outputs' | 'actions'> & { readonly changes: readonly Counted[] };

/** As `describeCounts`, with actions, and with outputs when no resource changes: "only outputs: 1 to change". */
export function describeEffects({ changes, outputs, actions }: Effects): string {
  const resources = describeCounts(countChanges(changes));
  const changed = outputs.filter(applies).length;
  const first = resources === NO_CHANGE && changed > 0 ? `only outputs: ${changed} to change` : resources;
  const invoked = actions.length === 1 ? '1 action to invoke' : `${actions.length} actions to invoke`;
  if (actions.length === 0) return first;
  return first === NO_CHANGE ? invoked : `${first}, ${invoked}`;
}

/** Whether an apply changes a resource, the state or an output, or invokes an action. */
export function changesAnything({ changes, outputs, actions }: Effects): boolean {
  return changes.some(applies) || outputs.some(applies) || actions.length > 0;
}

const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: 'it is tainted by an earlier apply',
  replace_by_request: '-replace requests it',
  replace_by_triggers: 'replace_triggered_by requires it',
  delete_because_no_resource_config: 'it is not in the configuration',
  delete_because_no_module: 'its module is not in the configuration',
  delete_because_wrong_repetition: 'its count or for_each has changed',
  delete_because_count_index: 'its index is out of range for count',
  delete_because_each_key: 'its key is not in the for_each map',
  delete_because_no_move_target: 'it was moved to an address that is not in the configuration',
};

/** Terraform's reason for a destruction or replacement that no attribute forces. */
export function describeReason(reason: string | undefined): string {
  const known = new Map<string | undefined, string>(Object.entries(REASONS));
  return known.get(reason) ?? 'the plan has no reason';
}
