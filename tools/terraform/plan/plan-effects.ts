import type { ChangeKind, Plan, ResourceChange } from './plan';

/** What a kind of change means. */
interface Effect {
  /** Whether an apply does anything for it, be it only in Terraform's state. */
  readonly applies: boolean;
  /** Whether the resource itself changes in AWS. */
  readonly alters: boolean;
  /** What Terraform counts it as; undefined when it does not. */
  readonly counts: keyof Counts | undefined;
}

/** Everything that can happen to a resource. A moved or imported one may be changed at the same time. */
const EFFECTS: Readonly<Record<ChangeKind, Effect>> = {
  'no-op': { applies: false, alters: false, counts: undefined },
  read: { applies: false, alters: false, counts: undefined },
  create: { applies: true, alters: true, counts: 'add' },
  update: { applies: true, alters: true, counts: 'change' },
  /** Delete and create, in either order. */
  replace: { applies: true, alters: true, counts: 'replace' },
  delete: { applies: true, alters: true, counts: 'destroy' },
  /** Stays in AWS as it is, and is no longer managed. */
  forget: { applies: true, alters: false, counts: 'forget' },
  /** Only gets into the state, or to another address there. */
  import: { applies: true, alters: false, counts: undefined },
  move: { applies: true, alters: false, counts: undefined },
  /** Other values are marked as sensitive, and all stay as they are: Terraform calls no provider for that. */
  remark: { applies: true, alters: false, counts: 'change' },
};

/** Whether an apply does anything for a change of that kind. */
export function applies({ kind }: { readonly kind: ChangeKind }): boolean {
  return EFFECTS[kind].applies;
}

/** Whether a change of that kind changes the resource itself. */
export function alters({ kind }: { readonly kind: ChangeKind }): boolean {
  return EFFECTS[kind].alters;
}

/** Numbers of resources; a replacement is one. */
export interface Counts {
  readonly import: number;
  readonly add: number;
  readonly change: number;
  readonly replace: number;
  readonly destroy: number;
  readonly forget: number;
  readonly move: number;
}

type Counted = Pick<ResourceChange, 'kind'> & Partial<Pick<ResourceChange, 'importId' | 'previousAddress'>>;

/** Counts as Terraform does: what is imported and changed is both. */
export function countChanges(changes: readonly Counted[]): Counts {
  const count = (as: keyof Counts): number =>
    changes.filter(({ kind }) => EFFECTS[kind].counts === as).length;
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
  const parts: [number, string][] = [
    [counts.import, 'to import'],
    [counts.add, 'to add'],
    [counts.change, 'to change'],
    [counts.replace, 'to replace'],
    [counts.destroy, 'to destroy'],
    [counts.forget, 'to leave in AWS unmanaged'],
    [counts.move, 'to move in the state'],
  ];
  const counted = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return counted.length === 0 ? NO_CHANGE : counted.join(', ');
}

/** The numbers of Terraform's own line "Plan: …", in which a replacement is an addition and a destruction. */
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

/** Whether applying the plan would do anything, be it only to the state, to outputs, or by an action. */
export function changesAnything({ changes, outputs, actions }: Effects): boolean {
  return changes.some(applies) || outputs.some(applies) || actions.length > 0;
}

/** Terraform's reasons, in words. */
const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: 'an earlier apply left it half made (tainted)',
  replace_by_request: 'asked for with -replace',
  replace_by_triggers: 'by replace_triggered_by',
  delete_because_no_resource_config: 'no longer in the configuration',
  delete_because_no_module: 'its module is no longer in the configuration',
  delete_because_wrong_repetition: 'count or for_each has changed',
  delete_because_count_index: 'count is lower',
  delete_because_each_key: 'its key is no longer in for_each',
  delete_because_no_move_target: 'its moved block leads nowhere',
};

/** Why Terraform destroys or replaces a resource, when no attribute forces it. */
export function describeReason(reason: string | undefined): string {
  const known = new Map<string | undefined, string>(Object.entries(REASONS));
  return known.get(reason) ?? 'Terraform gives no reason';
}
