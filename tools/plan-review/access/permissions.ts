import { destroyedNames } from '../../access/new-exposures';
import {
  grantChanges,
  grantsOf,
  isNarrowed,
  isWidened,
  type Grant,
  type GrantChanges,
  type Granted,
} from '../../access/grants';
import type { HeldPolicy } from '../../access/held-policies';
import { parsePolicy } from '../../access/policy-document';
import { textsAt } from '../../access/values';
import { blocks } from '../../terraform/plan/attributes';
import { isHidden } from '../../terraform/plan/masking';
import type { ResourceChange } from '../../terraform/plan/plan-format';
import { renameBy, renames } from '../../terraform/plan/renaming';
import { code, counted, listed, table } from '../markdown';
import { itemsIf, type Block, type ReviewContext, type Section } from '../section';
import { accessLevel, expandAction, LEVELS, type AccessLevel } from './action-data';
import { declaredPermissions } from './permission-matrix';
import { policyChanges, trustedBy, type PolicyChange } from './policies';

interface Compared {
  readonly policy: PolicyChange;
  readonly changes: GrantChanges;
  /** The reason why the grants cannot be compared, if any. */
  readonly unreadable: string | undefined;
}

/** Actions that a row names, and holders of policies that the summary names. */
const MAX_ACTIONS = 8;
const MAX_HOLDERS = 2;

export async function permissions(context: ReviewContext): Promise<Section | undefined> {
  const { changed, all } = context;
  const names = renames(changed);
  const rename = renameBy(names);
  const destroyed = destroyedNames(changed);
  const policies = changed.flatMap((change) => policyChanges(change, rename));
  const compared = await Promise.all(policies.map((policy) => compare(policy, rename, destroyed)));
  const different = compared.filter(
    ({ changes, unreadable }) => unreadable !== undefined || isWidened(changes) || isNarrowed(changes),
  );
  const isOld = ({ policy }: Compared): boolean => policy.change.kind !== 'create';
  const followers = compared.filter(isOld).length - different.filter(isOld).length;
  const declared = await declaredPermissions(context, names);
  const counts = [
    ...documentsReadLater(context),
    ...itemsIf(followers > 0, { line: followersLine(followers, names) }),
    ...declared.rest,
  ];
  if (different.length === 0 && declared.blocks.length === 0 && counts.length === 0) return undefined;
  const trust = trustedBy(all);
  const widenedFirst = [...different].sort(
    (a, b) => Number(isWidened(b.changes)) - Number(isWidened(a.changes)),
  );
  return {
    title: 'Permissions',
    summary: [...declared.summary, ...summarize(different)],
    blocks: [
      ...declared.blocks,
      ...(await Promise.all(widenedFirst.map((one) => describe(one, trust)))),
      ...counts,
    ],
  };
}

/** Policy documents that are read during apply: the plan has only their known statements. */
function documentsReadLater({ plans }: ReviewContext): Block[] {
  return plans
    .flatMap(({ reads }) => reads)
    .filter(({ type, after }) => type === 'aws_iam_policy_document' && after !== undefined)
    .map(({ address, after }) => {
      const statements = blocks(after?.statement).filter(({ effect }) => effect !== 'Deny');
      const actions = statements.flatMap((statement) => textsAt(statement, 'actions'));
      const allows = actions.length === 0 ? 'actions that are known after apply' : sorted(actions.map(code));
      return { line: `- 🟧 ${code(address)} is read during apply and allows ${allows}` };
    });
}

function followersLine(count: number, names: ReadonlyMap<string, string>): string {
  const [first] = names;
  const follow = first === undefined ? '' : `, except the name ${code(first[0])} → ${code(first[1])}`;
  return `- ⬜ ${counted(count, 'policy', 'policies')} with changed text and the same permissions${follow}`;
}

async function compare(
  policy: PolicyChange,
  rename: (text: string) => string,
  destroyed: ReadonlySet<string>,
): Promise<Compared> {
  const { change, before, after } = policy;
  const unreadable = whyUnreadable(policy);
  if (unreadable !== undefined) return { policy, changes: { added: [], removed: [] }, unreadable };
  const [old, now] = await Promise.all([
    expandedGrants(before && renamed(before, rename), change),
    expandedGrants(after, change),
  ]);
  const { added, removed } = grantChanges(old, now);
  const allowed = (grants: readonly Grant[]) => grants.filter(({ effect }) => effect === 'Allow');
  const isDestroyed = change.kind === 'delete' && policy.holders.every((holder) => destroyed.has(holder));
  // A Deny statement of a new policy removes no permission; with its resource destroyed, its end adds none.
  const changes = {
    added: before === undefined ? allowed(added) : added,
    removed: isDestroyed ? allowed(removed) : removed,
  };
  return { policy, changes, unreadable };
}

function whyUnreadable({ before, after, isLater }: PolicyChange): string | undefined {
  if (isLater) return 'the new policy is known only after apply';
  if ([before, after].some((side) => side?.texts.some(isHidden))) return 'the policy is sensitive';
  const isBroken = [before, after].some((side) => side !== undefined && side.statements === undefined);
  return isBroken ? 'the text is not a valid policy' : undefined;
}

function renamed(policy: HeldPolicy, rename: (text: string) => string): HeldPolicy {
  if (policy.texts.length === 0) return policy;
  const texts = policy.texts.map(rename);
  return { ...policy, texts, statements: texts.flatMap((text) => parsePolicy(text) ?? []) };
}

async function expandedGrants(policy: HeldPolicy | undefined, { type }: ResourceChange): Promise<Grant[]> {
  if (policy === undefined) return [];
  const expanded = grantsOf(policy, type).map(async (grant): Promise<Grant[]> => {
    if (!('name' in grant.what)) return [grant];
    return (await expandAction(grant.what.name)).map((name) => ({ ...grant, what: { name } }));
  });
  return (await Promise.all(expanded)).flat();
}

function summarize(compared: readonly Compared[]): string[] {
  const [widened, narrowed] = [isWidened, isNarrowed].map((is) =>
    compared.some(({ changes }) => is(changes)),
  );
  const unreadable = compared.filter((one) => one.unreadable !== undefined).length;
  const words = [...itemsIf(widened === true, 'widened'), ...itemsIf(narrowed === true, 'narrowed')].join(
    ' and ',
  );
  const change = widened ? `**IAM ${words}**` : `IAM ${words}`;
  const holders = [...new Set(compared.flatMap(({ policy }) => policy.holders).map(code))];
  return [
    ...itemsIf(words !== '', `${change} (${listed(holders, MAX_HOLDERS)})`),
    ...itemsIf(unreadable > 0, `${counted(unreadable, 'policy', 'policies')} not comparable`),
  ];
}

const KINDS = {
  permissions: 'Permissions of',
  trust: 'Trust policy of',
  resource: 'Resource policy of',
  endpoint: 'Endpoint policy of',
};

async function describe(compared: Compared, trust: ReadonlyMap<string, string>): Promise<Block> {
  const { policy, changes, unreadable } = compared;
  const what = `${KINDS[policy.kind]} ${policy.holders.map(code).join(', ')}`;
  const [holder = ''] = policy.holders;
  const who = policy.kind === 'permissions' ? trust.get(holder) : undefined;
  const able = who === undefined || who === '' ? '' : ` (the role of ${code(who)})`;
  if (unreadable !== undefined)
    return { line: `- 🟧 ${what}${able}: ${unreadable} (${code(policy.change.address)})` };
  const words = [...itemsIf(isWidened(changes), '**widened**'), ...itemsIf(isNarrowed(changes), 'narrowed')];
  return {
    line: `- ${isWidened(changes) ? '🟥' : '🟩'} ${what}${able} ${words.join(' and ')}: ${await summary(changes)}`,
    detail: table(
      ['', 'Effect', 'Level', 'Actions', 'Resource', 'Condition', 'Principal'],
      await rowsOf(changes),
    ),
  };
}

/** The level of an action; grants without a list of actions have the highest. */
function levelOf(what: Granted): Promise<AccessLevel> {
  return 'name' in what ? accessLevel(what.name) : Promise.resolve('Permissions management');
}

/** "+ 2 Write, 1 Read; − 1 Read". */
async function summary({ added, removed }: GrantChanges): Promise<string> {
  const side = async (sign: string, grants: readonly Grant[]): Promise<string[]> => {
    const levels = await Promise.all(grants.map(({ what }) => levelOf(what)));
    const parts = LEVELS.flatMap((level) => {
      const count = levels.filter((other) => other === level).length;
      return count === 0 ? [] : [`${count} ${level}`];
    });
    return parts.length === 0 ? [] : [`${sign} ${parts.join(', ')}`];
  };
  return [...(await side('+', added)), ...(await side('−', removed))].join('; ');
}

interface Row {
  readonly sign: string;
  readonly level: AccessLevel;
  readonly grant: Grant;
  readonly actions: string[];
}

/** One row for grants that differ only in their action. */
async function rowsOf({ added, removed }: GrantChanges): Promise<string[][]> {
  const rows = new Map<string, Row>();
  const add = async (isAdded: boolean, grant: Grant): Promise<void> => {
    const level = await levelOf(grant.what);
    const { what, ...rest } = grant;
    const key = JSON.stringify([isAdded, level, rest]);
    const gives = isAdded === (grant.effect === 'Allow');
    const sign = `${gives ? '🟥' : '🟩'} ${isAdded ? '+' : '−'}`;
    const row = rows.get(key) ?? { sign, level, grant, actions: [] };
    row.actions.push(shown(what));
    rows.set(key, row);
  };
  for (const grant of added) await add(true, grant);
  for (const grant of removed) await add(false, grant);
  return [...rows.values()]
    .sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
    .map(({ sign, level, grant: { effect, on, condition, principal }, actions }) => [
      sign,
      effect,
      level,
      sorted(actions),
      shown(on),
      condition === '' ? '' : code(condition),
      shown(principal),
    ]);
}

function shown(part: Granted): string {
  if ('allBut' in part) return `all except ${part.allBut.map(code).join(', ')}`;
  if ('managedPolicy' in part) return `managed policy ${code(part.managedPolicy)}`;
  if ('useOf' in part) return `use of ${code(part.useOf)}`;
  return part.name === '' ? '' : code(part.name);
}

function sorted(actions: readonly string[]): string {
  return listed([...actions].sort(), MAX_ACTIONS);
}
