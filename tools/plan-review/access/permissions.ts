import { accessLevel, expandAction, LEVELS, type AccessLevel } from './action-data';
import { code, counted, table } from '../markdown';
import { isHidden } from '../../terraform/masking';
import { declaredPermissions } from './permission-matrix';
import {
  grantChanges,
  grantsOf,
  isNarrowed,
  isWidened,
  type Grant,
  type GrantChanges,
} from './policy-grants';
import { policyChange, trustedBy, type PolicyChange } from './policies';
import type { ResourceChange } from '../../terraform/plan-format';
import { renameBy, renames, type Rename } from '../../terraform/renaming';
import { nameOf, type Block, type ReviewContext, type Section } from '../section';

interface Judged {
  readonly policy: PolicyChange;
  readonly changes: GrantChanges;
  /** Why the grants cannot be compared; undefined when they can. */
  readonly unreadable: string | undefined;
}

/** More rows than this of one policy are counted only: `*` on every service has thousands. */
const MOST_ROWS = 60;
const MOST_ACTIONS = 8;

/** What roles, trust and resources allow more or less than before. */
export async function permissions(context: ReviewContext): Promise<Section | undefined> {
  const { changed, all } = context;
  const policies = policiesOf(changed);
  const names = renames(changed);
  const rename = renameBy(names);
  const judged = await Promise.all(policies.map((policy) => judge(policy, rename)));
  const different = judged.filter(
    ({ changes, unreadable }) => unreadable !== undefined || isWidened(changes) || isNarrowed(changes),
  );
  const followers =
    judged.filter(({ policy }) => policy.change.kind !== 'create').length -
    different.filter(({ policy }) => policy.change.kind !== 'create').length;
  const declared = await declaredPermissions(context, names);
  const counts = [...(followers > 0 ? [{ line: followersLine(followers, names) }] : []), ...declared.rest];
  if (different.length === 0 && declared.blocks.length === 0 && counts.length === 0) return undefined;
  const trust = trustedBy(all);
  const sorted = [...different].sort((a, b) => Number(isWidened(b.changes)) - Number(isWidened(a.changes)));
  return {
    title: 'Permissions',
    verdict: [...declared.verdict, ...verdict(different)],
    blocks: [
      ...declared.blocks,
      ...(await Promise.all(sorted.map((one) => describe(one, trust)))),
      ...counts,
    ],
  };
}

/** Policies that change; what nobody can use any more is not opened by the end of its policy. */
function policiesOf(changed: readonly ResourceChange[]): PolicyChange[] {
  const gone = new Set(changed.filter(({ kind }) => kind === 'delete').map(nameOf));
  return changed
    .flatMap((change) => policyChange(change) ?? [])
    .filter(
      ({ kind, change, holder }) => !(kind === 'resource' && change.kind === 'delete' && gone.has(holder)),
    );
}

function followersLine(count: number, names: ReadonlyMap<string, string>): string {
  const [first] = names;
  const follow = first === undefined ? '' : `, but for the name ${code(first[0])} → ${code(first[1])}`;
  return `- ⬜ ${counted(count, 'policy', 'policies')} written differently, allowing the same as before${follow}`;
}

async function judge(policy: PolicyChange, rename: Rename): Promise<Judged> {
  const none: GrantChanges = { added: [], removed: [] };
  if (policy.isLater)
    return { policy, changes: none, unreadable: 'the new policy is known only after the apply' };
  if (isHidden(policy.before) || isHidden(policy.after))
    return { policy, changes: none, unreadable: 'the policy is marked as sensitive, and not shown' };
  const old = rename(policy.before);
  const before = old === undefined ? [] : await grantsOf(old, expandAction);
  const after = policy.after === undefined ? [] : await grantsOf(policy.after, expandAction);
  if (before === undefined || after === undefined)
    return { policy, changes: none, unreadable: 'the text is not a policy that can be read' };
  const changes = grantChanges(before, after);
  // Whatever is denied by the policy of something new takes nothing away.
  const added =
    policy.change.kind === 'create'
      ? changes.added.filter(({ effect }) => effect === 'Allow')
      : changes.added;
  return { policy, changes: { ...changes, added }, unreadable: undefined };
}

function verdict(judged: readonly Judged[]): string[] {
  const [widened, narrowed] = [isWidened, isNarrowed].map((is) => judged.some(({ changes }) => is(changes)));
  const unreadable = judged.filter((one) => one.unreadable !== undefined).length;
  const words = [...(widened ? ['widened'] : []), ...(narrowed ? ['narrowed'] : [])];
  const holders = [...new Set(judged.map(({ policy }) => code(policy.holder)))];
  const whose =
    holders.length > 2
      ? `${holders.slice(0, 2).join(', ')} and ${holders.length - 2} more`
      : holders.join(', ');
  return [
    ...(words.length > 0
      ? [`${widened ? '**' : ''}IAM ${words.join(' and ')}${widened ? '**' : ''} (${whose})`]
      : []),
    ...(unreadable > 0 ? [`${counted(unreadable, 'policy', 'policies')} not comparable`] : []),
  ];
}

const KINDS = { permissions: 'Permissions of', trust: 'Who may act as', resource: 'Who may use' };

async function describe(judged: Judged, trust: ReadonlyMap<string, string>): Promise<Block> {
  const { policy, changes, unreadable } = judged;
  const what = `${KINDS[policy.kind]} ${code(policy.holder)}`;
  const who = policy.kind === 'permissions' ? trust.get(policy.holder) : undefined;
  const able = who === undefined || who === '' ? '' : ` (the role of ${code(who)})`;
  if (unreadable !== undefined)
    return { line: `- 🟧 ${what}${able}: ${unreadable} (${code(policy.change.address)})` };
  const words = [
    ...(isWidened(changes) ? ['**widened**'] : []),
    ...(isNarrowed(changes) ? ['narrowed'] : []),
  ];
  const rows = await rowsOf(changes);
  const left = rows.length - MOST_ROWS;
  const grants = table(
    ['', 'Effect', 'Level', 'Actions', 'Resource', 'Condition', 'Who'],
    rows.slice(0, MOST_ROWS),
  );
  return {
    line: `- ${isWidened(changes) ? '🟥' : '🟩'} ${what}${able} ${words.join(' and ')}: ${await summary(changes)}`,
    detail: left > 0 ? `${grants}\n\n${counted(left, 'more row')} left out.` : grants,
  };
}

/** "+ 2 Write, 1 Read; − 1 Read". */
async function summary({ added, removed }: GrantChanges): Promise<string> {
  const side = async (sign: string, grants: readonly Grant[]): Promise<string[]> => {
    const levels = await Promise.all(grants.map(({ action }) => accessLevel(action)));
    const parts = LEVELS.flatMap((level) => {
      const count = levels.filter((other) => other === level).length;
      return count === 0 ? [] : [`${count} ${level}`];
    });
    return parts.length === 0 ? [] : [`${sign} ${parts.join(', ')}`];
  };
  return [...(await side('+', added)), ...(await side('−', removed))].join('; ');
}

async function rowsOf({ added, removed }: GrantChanges): Promise<string[][]> {
  const groups = new Map<
    string,
    { readonly key: readonly string[]; readonly level: AccessLevel; readonly actions: string[] }
  >();
  const add = async (sign: string, grant: Grant): Promise<void> => {
    const level = await accessLevel(grant.action);
    const { effect, resource, condition, principal } = grant;
    const key = [sign, effect, level, resource, condition, principal];
    const group = groups.get(key.join('\u0000')) ?? { key, level, actions: [] };
    group.actions.push(grant.action);
    groups.set(key.join('\u0000'), group);
  };
  for (const grant of added) await add('🟥 +', grant);
  for (const grant of removed) await add('🟩 −', grant);
  return [...groups.values()]
    .sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
    .map(
      ({ key: [sign = '', effect = '', level = '', resource = '', condition = '', who = ''], actions }) => [
        effect === 'Deny' ? opposite(sign) : sign,
        effect,
        level,
        listed(actions),
        resource === '' ? '' : code(resource),
        condition === '' ? '' : code(condition),
        who === '' ? '' : code(who),
      ],
    );
}

/** A new Deny takes away, a removed one gives. */
function opposite(sign: string): string {
  return sign.startsWith('🟥') ? '🟩 +' : '🟥 −';
}

function listed(actions: readonly string[]): string {
  const shown = [...actions].sort().slice(0, MOST_ACTIONS).map(code).join(', ');
  return actions.length > MOST_ACTIONS ? `${shown} and ${actions.length - MOST_ACTIONS} more` : shown;
}
