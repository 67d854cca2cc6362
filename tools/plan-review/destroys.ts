import { findLosses } from '../data-loss/data-loss';
import type { DataLoss, LossReason } from '../data-loss/loss';
import { attributeChanges } from '../terraform/plan/attribute-diff';
import { beforeAfter, code, countEach, counted, listed, table } from './markdown';
import { describeReason } from '../terraform/plan/plan-effects';
import type { ResourceChange } from '../terraform/plan/plan-format';
import { nameOf, typeInWords, type Block, type ReviewContext, type Section } from './section';

/** A change that destroys something, or loses data. */
interface Removal {
  readonly change: ResourceChange;
  /** The worst first. */
  readonly losses: readonly DataLoss[];
}

const CERTAINTIES = ['lost', 'at risk', 'refused', 'kept'] as const;

/** Why a change that destroys nothing loses data. */
const LOSS_REASONS: Readonly<Record<LossReason, string>> = {
  destroyed: 'destroyed',
  retention: 'shorter retention',
  expiration: 'rules that delete more, or sooner',
  key: 'the key is switched off',
  versioning: 'no more versions',
  protection: 'less protection against deletion',
  moved: 'another place',
  unknown: 'unknown',
};

/** What is destroyed, what is replaced and why, and what happens to the data in it. */
export function destroys({ all }: ReviewContext): Section | undefined {
  const losses = findLosses(all);
  const removals = all
    .map((change): Removal => ({ change, losses: [...(losses.get(change) ?? [])].sort(byCertainty) }))
    .filter((removal) => ['delete', 'replace'].includes(removal.change.kind) || removal.losses.length > 0)
    .sort((a, b) => rank(a) - rank(b));
  if (removals.length === 0) return undefined;
  return {
    title: 'Destroyed, replaced, deleted data',
    verdict: verdict(removals),
    blocks: blocksOf(removals),
  };
}

function byCertainty(a: DataLoss, b: DataLoss): number {
  return CERTAINTIES.indexOf(a.certainty) - CERTAINTIES.indexOf(b.certainty);
}

function rank({ change, losses: [worst] }: Removal): number {
  const kind = ['delete', 'replace', 'update', 'create'].indexOf(change.kind);
  return (worst === undefined ? CERTAINTIES.length : CERTAINTIES.indexOf(worst.certainty)) * 10 + kind;
}

function verdict(removals: readonly Removal[]): string[] {
  const ofCertainty = (certainty: string) =>
    removals.filter(({ losses: [worst] }) => worst?.certainty === certainty);
  const [lost, risky] = [ofCertainty('lost'), ofCertainty('at risk')];
  return [
    ...(lost.length > 0
      ? [`**${lost.length} ${lost.length === 1 ? 'destroys' : 'destroy'} data** (${named(lost)})`]
      : []),
    ...(risky.length > 0 ? [`**${risky.length} may lose data** (${named(risky)})`] : []),
  ];
}

function named([first, ...more]: readonly Removal[]): string {
  if (first === undefined) return '';
  const name = `${entitiesFree(typeInWords(first.change.type))} ${code(nameOf(first.change))}`;
  return more.length === 0 ? name : `${name} and ${more.length} more`;
}

const ACTION_WORDS = new Map([
  ['delete', 'Destroy'],
  ['replace', 'Replace'],
  ['update', 'Update'],
  ['create', 'Create'],
]);

/** One row for each change that does something to data; the others are folded. */
function blocksOf(removals: readonly Removal[]): Block[] {
  const withData = removals.filter(({ losses }) => losses.length > 0);
  const harmless = removals.filter(({ losses }) => losses.length === 0);
  return [
    ...withData.map((removal) => ({
      line: `- ${symbol(removal)} ${describe(removal)}${removal.losses.map(data).join('')}`,
    })),
    ...(harmless.length === 0
      ? []
      : [
          {
            line: `- ${counted(harmless.length, 'more resource')} without data: ${kindsOf(harmless)}`,
            detail: table(
              ['Action', 'Resource', 'Name', 'Why'],
              harmless.map((removal) => [
                ACTION_WORDS.get(removal.change.kind) ?? removal.change.kind,
                code(removal.change.address),
                code(nameOf(removal.change)),
                why(removal),
              ]),
            ),
          },
        ]),
  ];
}

function kindsOf(removals: readonly Removal[]): string {
  const counts = countEach(removals.map(({ change }) => change.type));
  return listed(
    [...counts].map(([type, count]) => `${count} ${code(type)}`),
    8,
  );
}

function symbol({ losses: [worst] }: Removal): string {
  return { lost: '🟥', 'at risk': '🟧', refused: '🟧', kept: '⬜' }[worst?.certainty ?? 'kept'];
}

function describe(removal: Removal): string {
  const { change } = removal;
  const action = ACTION_WORDS.get(change.kind) ?? change.kind;
  return `**${action}** the ${entitiesFree(typeInWords(change.type))} ${code(nameOf(change))} (${code(change.address)}): ${why(removal)}`;
}

/** Types come from the plan: words that are not plain ones are shown as code. */
function entitiesFree(words: string): string {
  return /^[A-Za-z0-9 ]+$/.test(words) ? words : code(words);
}

function why({ change, losses }: Removal): string {
  const forced = change.forcedBy.filter((path) => path !== '');
  if (forced.length > 0)
    return `forced by ${listed(
      forced.map((path) => forcedBy(change, path)),
      4,
    )}`;
  if (change.kind === 'update' || change.kind === 'create')
    return [...new Set(losses.map(({ reason }) => LOSS_REASONS[reason]))].join(', ');
  return describeReason(change.reason);
}

function forcedBy(change: ResourceChange, path: string): string {
  const found = attributeChanges(change).find((attribute) => attribute.path.join('.') === path);
  if (found === undefined) return code(path);
  return `${code(path)} ${beforeAfter(found.before ?? '', found.after ?? '').join(' → ')}`;
}

function data({ certainty, what, names = [] }: DataLoss): string {
  const word = { lost: '**Data lost**', 'at risk': 'Data at risk', refused: 'Refused', kept: 'Data kept' }[
    certainty
  ];
  const about = names.length === 0 ? '' : ` (${listed(names.map(code), 6)})`;
  return `. ${word}: ${what}${about}.`;
}
