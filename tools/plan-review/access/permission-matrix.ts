import { declaredAnswers, type DeclaredAnswer, type Standing } from './declared-answers';
import { declaredRole } from './declared-roles';
import { code, counted, table } from '../markdown';
import { followNames } from './policies';
import { renameBy } from '../../terraform/renaming';
import { changedRoles, type ChangedRole } from './role-policies';
import type { Block, ReviewContext } from '../section';

/** What a plan does to the declared permissions of the roles that it changes. */
export interface DeclaredPermissions {
  /** Parts of the verdict: what is against the declaration now. */
  readonly verdict: readonly string[];
  /** Roles with a request that is not as declared or whose answer changes, the broken ones first. */
  readonly blocks: readonly Block[];
  /** What is counted only. */
  readonly rest: readonly Block[];
}

interface Judged {
  readonly role: ChangedRole;
  readonly answers: readonly DeclaredAnswer[];
}

/** More roles, and actions of one role, are counted in a line. */
const MOST_NAMED = 3;

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
  const judged: Judged[] = [];
  for (const { role, known } of roles)
    if (known !== undefined)
      judged.push({ role, answers: await declaredAnswers(role, known, followNames(names)) });
  const told = judged.filter(({ answers }) => answers.some(({ standing }) => standing !== 'held'));
  const held = judged.filter((one) => !told.includes(one));
  const undeclared = roles.flatMap(({ role, known }) => (known === undefined ? [role.name] : []));
  return {
    verdict: verdict(told),
    blocks: [...told].sort((a, b) => rank(a) - rank(b)).map(describe),
    rest: [...heldLine(held), ...undeclaredLine(undeclared)],
  };
}

function of(
  { answers }: Judged,
  standing: Standing,
  declared?: DeclaredAnswer['declared'],
): DeclaredAnswer[] {
  return answers.filter(
    (answer) => answer.standing === standing && (declared === undefined || answer.declared === declared),
  );
}

function rank(judged: Judged): number {
  if (of(judged, 'broken', 'must not').length > 0) return 0;
  return of(judged, 'broken').length > 0 ? 1 : 2;
}

function verdict(judged: readonly Judged[]): string[] {
  const phrases = (['must not', 'must'] as const).flatMap((declared) =>
    judged.flatMap((one) => {
      const broken = of(one, 'broken', declared);
      if (broken.length === 0) return [];
      const cannot = broken.some(({ before }) => before === 'allowed') ? 'can no longer' : 'cannot';
      const can = declared === 'must not' ? 'can now' : cannot;
      const actions = named([...new Set(broken.map(({ request }) => request.action))]);
      return [`**${code(one.role.name)} ${can} ${actions}, which it ${declared}**`];
    }),
  );
  const left = phrases.length - MOST_NAMED;
  const more = left > 0 ? [`**${left} more against declared permissions**`] : [];
  return [...phrases.slice(0, MOST_NAMED), ...more];
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map(code).join(', ');
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown;
}

/** What is said of requests of a standing, in the order in which it is said. */
const WORDS: readonly (readonly [Standing, DeclaredAnswer['declared'], string])[] = [
  ['broken', 'must not', '**must not, now can**'],
  ['broken', 'must', '**must, now cannot**'],
  ['broken before', 'must not', 'must not, can as before'],
  ['broken before', 'must', 'must, cannot as before'],
  ['mended', 'must not', 'no longer can what it must not'],
  ['mended', 'must', 'now can what it must'],
  ['given up', 'must', 'no longer can what only a setting needs'],
];

function describe(judged: Judged): Block {
  const { role, answers } = judged;
  const what = `- ${markOf(judged)} Declared for ${code(role.name)}`;
  if (role.after.isLater)
    return {
      line: `${what}: its policy is known only after the apply, so that none of ${counted(answers.length, 'request')} is judged`,
    };
  const parts = WORDS.flatMap(([standing, declared, words]) => {
    const found = of(judged, standing, declared);
    return found.length === 0 ? [] : [`${words} ${named(found.map(({ request }) => request.action))}`];
  });
  const unknown = of(judged, 'not known').length;
  const asDeclared = of(judged, 'held').length + of(judged, 'mended').length;
  const numbers = [
    ...(unknown === 0 ? [] : [`${counted(unknown, 'request')} that the plan does not answer`]),
    `${asDeclared} of ${counted(answers.length, 'request')} as declared`,
  ];
  return {
    line: `${what}: ${[...parts, ...numbers].join('; ')}${managed(role)}`,
    detail: details(answers),
    // What is broken is to be seen at once.
    ...(rank(judged) < 2 && { label: '' }),
  };
}

function markOf(judged: Judged): string {
  if (rank(judged) < 2) return '🟥';
  const isOpen = of(judged, 'not known').length + of(judged, 'broken before').length > 0;
  if (isOpen) return '🟧';
  return of(judged, 'given up').length > 0 ? '⬜' : '🟩';
}

function managed({ managed, gainsManaged }: ChangedRole): string {
  if (managed.length === 0) return '';
  const which = `${named(managed)}, whose content is not in the plan`;
  return gainsManaged ? ` (it gets ${which})` : ` (not counting ${which})`;
}

const SIGNS: Readonly<Record<Standing, string>> = {
  broken: '🟥',
  'broken before': '🟧',
  mended: '🟩',
  'given up': '⬜',
  'not known': '🟧',
  held: '',
};

function details(answers: readonly DeclaredAnswer[]): string {
  const rows = answers
    .filter(({ standing }) => standing !== 'held')
    .map(({ request: { action, resource, context = {}, setting }, declared, before, after, standing }) => [
      SIGNS[standing],
      setting === undefined ? declared : `${declared}, with ${code(setting)}`,
      code(action),
      code(resource),
      Object.keys(context).length === 0 ? '' : code(JSON.stringify(context)),
      before,
      after,
    ]);
  return table(['', 'Declared', 'Action', 'Resource', 'Condition', 'Before', 'After'], rows);
}

function heldLine(held: readonly Judged[]): Block[] {
  if (held.length === 0) return [];
  const requests = held.reduce((sum, { answers }) => sum + answers.length, 0);
  const whose = named(held.map(({ role }) => role.name));
  return [{ line: `- ✅ As declared, all ${counted(requests, 'request')}: ${whose}` }];
}

function undeclaredLine(names: readonly string[]): Block[] {
  if (names.length === 0) return [];
  return [{ line: `- ⬜ Nothing is declared in stacks/permission-matrix for ${named(names)}` }];
}
