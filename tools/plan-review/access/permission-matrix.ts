import { declaredAnswers, type DeclaredAnswer, type Compliance } from './declared-answers';
import { declaredRole } from './declared-roles';
import { code, counted, listed, table } from '../markdown';
import { followNames } from './policies';
import { renameBy } from '../../terraform/plan/renaming';
import { changedRoles, type ChangedRole } from './role-policies';
import type { Block, ReviewContext } from '../section';

/** What a plan does to the declared permissions of the roles that it changes. */
export interface DeclaredPermissions {
  /** Parts of the summary: what is against the declaration now. */
  readonly summary: readonly string[];
  /** Roles with a request that is not as declared or whose answer changes, those that regress first. */
  readonly blocks: readonly Block[];
  /** What is counted only. */
  readonly rest: readonly Block[];
}

interface RoleReview {
  readonly role: ChangedRole;
  readonly answers: readonly DeclaredAnswer[];
}

/** More roles, and actions of one role, are counted in a line. */
const MAX_NAMED = 3;

/** Asks IAM's own rules for everything that is declared about a role whose policies change, before and after. */
export async function declaredPermissions(
  { all, changed }: ReviewContext,
  names: ReadonlyMap<string, string>,
): Promise<DeclaredPermissions> {
  const rename = renameBy(names);
  const roles = changedRoles(all, changed, rename).map((role) => ({
    role,
    known: declaredRole(role.name, all, [...role.before.texts, ...role.after.texts]),
  }));
  const reviewed: RoleReview[] = [];
  for (const { role, known } of roles)
    if (known !== undefined)
      reviewed.push({ role, answers: await declaredAnswers(role, known, followNames(names)) });
  const reported = reviewed.filter(({ answers }) =>
    answers.some(({ compliance }) => compliance !== 'compliant'),
  );
  const compliant = reviewed.filter((one) => !reported.includes(one));
  const undeclared = roles.flatMap(({ role, known }) => (known === undefined ? [role.name] : []));
  return {
    summary: summarize(reported),
    blocks: [...reported].sort((a, b) => rank(a) - rank(b)).map(describe),
    rest: [...compliantLine(compliant), ...undeclaredLine(undeclared)],
  };
}

function of(
  { answers }: RoleReview,
  compliance: Compliance,
  declared?: DeclaredAnswer['declared'],
): DeclaredAnswer[] {
  return answers.filter(
    (answer) => answer.compliance === compliance && (declared === undefined || answer.declared === declared),
  );
}

function rank(reviewed: RoleReview): number {
  if (of(reviewed, 'regressed', 'must not').length > 0) return 0;
  return of(reviewed, 'regressed').length > 0 ? 1 : 2;
}

function summarize(reviewed: readonly RoleReview[]): string[] {
  const phrases = (['must not', 'must'] as const).flatMap((declared) =>
    reviewed.flatMap((one) => {
      const regressed = of(one, 'regressed', declared);
      if (regressed.length === 0) return [];
      const cannot = regressed.some(({ before }) => before === 'allowed') ? 'can no longer' : 'cannot';
      const can = declared === 'must not' ? 'can now' : cannot;
      const actions = named(regressed.map(({ request }) => request.action));
      return [`**${code(one.role.name)} ${can} ${actions}, which it ${declared}**`];
    }),
  );
  const left = phrases.length - MAX_NAMED;
  const more = left > 0 ? [`**${left} more against declared permissions**`] : [];
  return [...phrases.slice(0, MAX_NAMED), ...more];
}

function named(all: readonly string[]): string {
  return listed([...new Set(all)].map(code), MAX_NAMED);
}

/** What the line says about requests, in this order. */
const WORDS: readonly (readonly [Compliance, DeclaredAnswer['declared'], string])[] = [
  ['regressed', 'must not', '**must not, now can**'],
  ['regressed', 'must', '**must, now cannot**'],
  ['pre-existing', 'must not', 'must not, can as before'],
  ['pre-existing', 'must', 'must, cannot as before'],
  ['fixed', 'must not', 'no longer can what it must not'],
  ['fixed', 'must', 'now can what it must'],
  ['dropped', 'must', 'no longer can what only a setting needs'],
];

function describe(reviewed: RoleReview): Block {
  const { role, answers } = reviewed;
  const what = `- ${markOf(reviewed)} Declared for ${code(role.name)}`;
  if (role.after.isLater)
    return {
      line: `${what}: its policy is known only after the apply, so that none of ${counted(answers.length, 'request')} is checked`,
    };
  const parts = WORDS.flatMap(([compliance, declared, words]) => {
    const found = of(reviewed, compliance, declared);
    return found.length === 0 ? [] : [`${words} ${named(found.map(({ request }) => request.action))}`];
  });
  const unknown = of(reviewed, 'unknown').length;
  const asDeclared = of(reviewed, 'compliant').length + of(reviewed, 'fixed').length;
  const numbers = [
    ...(unknown === 0 ? [] : [`${counted(unknown, 'request')} that the plan does not answer`]),
    `${asDeclared} of ${counted(answers.length, 'request')} as declared`,
  ];
  return {
    line: `${what}: ${[...parts, ...numbers].join('; ')}${managed(role)}`,
    detail: details(answers),
    // What regresses must be seen at once.
    ...(rank(reviewed) < 2 && { label: '' }),
  };
}

function markOf(reviewed: RoleReview): string {
  if (rank(reviewed) < 2) return '🟥';
  const isOpen = of(reviewed, 'unknown').length + of(reviewed, 'pre-existing').length > 0;
  if (isOpen) return '🟧';
  return of(reviewed, 'dropped').length > 0 ? '⬜' : '🟩';
}

function managed({ managed, gainsManaged }: ChangedRole): string {
  if (managed.length === 0) return '';
  const which = `${named(managed)}, whose content is not in the plan`;
  return gainsManaged ? ` (it gets ${which})` : ` (not counting ${which})`;
}

const SIGNS: Readonly<Record<Compliance, string>> = {
  regressed: '🟥',
  'pre-existing': '🟧',
  fixed: '🟩',
  dropped: '⬜',
  unknown: '🟧',
  compliant: '',
};

function details(answers: readonly DeclaredAnswer[]): string {
  const rows = answers
    .filter(({ compliance }) => compliance !== 'compliant')
    .map(({ request: { action, resource, context = {}, setting }, declared, before, after, compliance }) => [
      SIGNS[compliance],
      setting === undefined ? declared : `${declared}, with ${code(setting)}`,
      code(action),
      code(resource),
      Object.keys(context).length === 0 ? '' : code(JSON.stringify(context)),
      before,
      after,
    ]);
  return table(['', 'Declared', 'Action', 'Resource', 'Condition', 'Before', 'After'], rows);
}

function compliantLine(compliant: readonly RoleReview[]): Block[] {
  if (compliant.length === 0) return [];
  const requests = compliant.reduce((sum, { answers }) => sum + answers.length, 0);
  const whose = named(compliant.map(({ role }) => role.name));
  return [{ line: `- ✅ As declared, all ${counted(requests, 'request')}: ${whose}` }];
}

function undeclaredLine(names: readonly string[]): Block[] {
  if (names.length === 0) return [];
  return [{ line: `- ⬜ Nothing is declared in stacks/permission-matrix for ${named(names)}` }];
}
