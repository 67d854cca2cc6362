import { declaredAnswers, type DeclaredAnswer, type Compliance } from './declared-answers';
import { declaredRole } from './declared-roles';
import { code, counted, listed, table } from '../markdown';
import { followNames } from './policies';
import { renameBy } from '../../terraform/plan/renaming';
import { changedRoles, type ChangedRole } from './role-policies';
import { itemsIf, type Block, type ReviewContext } from '../section';

/** The effect of a plan on the declared permissions of its roles. */
export interface DeclaredPermissions {
  /** Parts of the summary: new violations of the declaration. */
  readonly summary: readonly string[];
  /** Roles with a violation or a change, regressions first. */
  readonly blocks: readonly Block[];
  /** Roles that are as declared or not declared. */
  readonly rest: readonly Block[];
}

interface RoleReview {
  readonly role: ChangedRole;
  readonly answers: readonly DeclaredAnswer[];
}

/** Roles and actions that a line names. */
const MAX_NAMED = 3;

/** Evaluates the declared requests of each role whose policies change, before and after. */
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
    rest: [
      ...itemsIf(compliant.length > 0, compliantLine(compliant)),
      ...itemsIf(undeclared.length > 0, {
        line: `- ⬜ No declaration in stacks/permission-matrix for ${named(undeclared)}`,
      }),
    ],
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
  if (of(reviewed, 'regressed', 'denied').length > 0) return 0;
  return of(reviewed, 'regressed').length > 0 ? 1 : 2;
}

function summarize(reviewed: readonly RoleReview[]): string[] {
  const phrases = (['denied', 'allowed'] as const).flatMap((declared) =>
    reviewed.flatMap((one) => {
      const regressed = of(one, 'regressed', declared);
      if (regressed.length === 0) return [];
      const denied = regressed.some(({ before }) => before === 'allowed')
        ? 'no longer allowed'
        : 'not allowed';
      const is = declared === 'denied' ? 'now allowed' : denied;
      const actions = named(regressed.map(({ request }) => request.action));
      return [`**${code(one.role.name)} is ${is} ${actions}, declared as ${declared}**`];
    }),
  );
  const left = phrases.length - MAX_NAMED;
  return [
    ...phrases.slice(0, MAX_NAMED),
    ...itemsIf(left > 0, `**${left} more against declared permissions**`),
  ];
}

function named(all: readonly string[]): string {
  return listed([...new Set(all)].map(code), MAX_NAMED);
}

/** Descriptions of requests, in the order of the line. */
const WORDS: readonly (readonly [Compliance, DeclaredAnswer['declared'], string])[] = [
  ['regressed', 'denied', '**now allowed (declared as denied)**'],
  ['regressed', 'allowed', '**now denied (declared as allowed)**'],
  ['pre-existing', 'denied', 'allowed as before (declared as denied)'],
  ['pre-existing', 'allowed', 'denied as before (declared as allowed)'],
  ['fixed', 'denied', 'now denied as declared'],
  ['fixed', 'allowed', 'now allowed as declared'],
  ['dropped', 'allowed', 'no longer allowed (required only by a setting)'],
];

function describe(reviewed: RoleReview): Block {
  const { role, answers } = reviewed;
  const what = `- ${markOf(reviewed)} Declared permissions of ${code(role.name)}`;
  if (role.after.isLater)
    return {
      line: `${what}: the policy is known only after apply, none of ${counted(answers.length, 'request')} is checked`,
    };
  const parts = WORDS.flatMap(([compliance, declared, words]) => {
    const found = of(reviewed, compliance, declared);
    return found.length === 0 ? [] : [`${words} ${named(found.map(({ request }) => request.action))}`];
  });
  const unknown = of(reviewed, 'unknown').length;
  const asDeclared = of(reviewed, 'compliant').length + of(reviewed, 'fixed').length;
  const numbers = [
    ...itemsIf(unknown > 0, `${counted(unknown, 'request')} that cannot be evaluated from the plan`),
    `${asDeclared} of ${counted(answers.length, 'request')} as declared`,
  ];
  return {
    line: `${what}: ${[...parts, ...numbers].join('; ')}${managed(role)}`,
    detail: details(answers),
    // Regressions are not folded.
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
  return gainsManaged ? ` (the plan attaches ${which})` : ` (without ${which})`;
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

function compliantLine(compliant: readonly RoleReview[]): Block {
  const requests = compliant.reduce((sum, { answers }) => sum + answers.length, 0);
  const whose = named(compliant.map(({ role }) => role.name));
  return { line: `- ✅ As declared, all ${counted(requests, 'request')}: ${whose}` };
}
