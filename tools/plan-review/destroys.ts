import { findLosses } from '../data-loss/data-loss';
import type { Certainty, DataLoss } from '../data-loss/loss';
import { attributeChanges } from '../terraform/plan/attribute-diff';
import { beforeAfter, code, countEach, counted, listed, table } from './markdown';
import { describeReason } from '../terraform/plan/plan-effects';
import type { ResourceChange } from '../terraform/plan/plan-format';
import { nameOf, type Block, type ReviewContext, type Section } from './section';

/** A change that destroys something, or loses data. */
interface Removal {
  readonly change: ResourceChange;
  /** The worst first. */
  readonly losses: readonly DataLoss[];
}

/** Symbols and words, the worst first. */
const CERTAINTIES: Readonly<Record<Certainty, readonly [symbol: string, word: string]>> = {
  lost: ['🟥', '**Data lost**'],
  'at risk': ['🟧', 'Data at risk'],
  blocked: ['🟧', 'Blocked'],
  kept: ['⬜', 'Data kept'],
};
const ORDER = Object.keys(CERTAINTIES);

/** Destroyed and replaced resources, the reason, and the effect on their data. */
export function destroys({ all }: ReviewContext): Section | undefined {
  const losses = findLosses(all);
  const removals = all
    .map((change): Removal => ({ change, losses: [...(losses.get(change) ?? [])].sort(byCertainty) }))
    .filter((removal) => ['delete', 'replace'].includes(removal.change.kind) || removal.losses.length > 0)
    .sort((a, b) => rank(a) - rank(b));
  if (removals.length === 0) return undefined;
  return {
    title: 'Destroyed, replaced, deleted data',
    summary: summarize(removals),
    blocks: blocksOf(removals),
  };
}

function byCertainty(a: DataLoss, b: DataLoss): number {
  return ORDER.indexOf(a.certainty) - ORDER.indexOf(b.certainty);
}

function rank({ change, losses: [worst] }: Removal): number {
  const kind = ['delete', 'replace', 'update', 'create'].indexOf(change.kind);
  return (worst === undefined ? ORDER.length : ORDER.indexOf(worst.certainty)) * 10 + kind;
}

function summarize(removals: readonly Removal[]): string[] {
  const ofCertainty = (certainty: string, words: string, plural: string): string[] => {
    const some = removals.filter(({ losses: [worst] }) => worst?.certainty === certainty);
    const names = some.map(({ change }) => `${code(change.type)} ${code(nameOf(change))}`);
    return some.length === 0 ? [] : [`**${counted(some.length, words, plural)}** (${listed(names, 1)})`];
  };
  return [
    ...ofCertainty('lost', 'resource loses data', 'resources lose data'),
    ...ofCertainty('at risk', 'resource may lose data', 'resources may lose data'),
  ];
}

const ACTIONS = new Map([
  ['delete', 'Destroy'],
  ['replace', 'Replace'],
  ['update', 'Update'],
  ['create', 'Create'],
]);

/** One line for each change with an effect on data; one folded table for the others. */
function blocksOf(removals: readonly Removal[]): Block[] {
  const withData = removals.filter(({ losses }) => losses.length > 0);
  const harmless = removals.filter(({ losses }) => losses.length === 0).map(({ change }) => change);
  const lines = withData.map(({ change, losses }) => {
    const reason = why(change);
    const head = `${ACTIONS.get(change.kind) ?? change.kind}** ${code(change.address)} ${code(nameOf(change))}`;
    return {
      line: `- ${CERTAINTIES[losses[0]?.certainty ?? 'kept'][0]} **${head}${reason && `: ${reason}`}${losses.map(data).join('')}`,
    };
  });
  if (harmless.length === 0) return lines;
  const kinds = [...countEach(harmless.map(({ type }) => type))].map(
    ([type, count]) => `${count} ${code(type)}`,
  );
  const rows = harmless.map((change) => [
    ACTIONS.get(change.kind) ?? change.kind,
    code(change.address),
    code(nameOf(change)),
    why(change),
  ]);
  const line = `- ${counted(harmless.length, 'resource')} without data: ${listed(kinds, 8)}`;
  return [...lines, { line, detail: table(['Action', 'Resource', 'Name', 'Why'], rows) }];
}

/** The reason of a destruction or replacement; '' for an update. */
function why(change: ResourceChange): string {
  const forced = change.forcedBy.filter((path) => path !== '').map((path) => forcedBy(change, path));
  if (forced.length > 0) return `forced by ${listed(forced, 4)}`;
  return change.kind === 'delete' || change.kind === 'replace' ? describeReason(change.reason) : '';
}

function forcedBy(change: ResourceChange, path: string): string {
  const found = attributeChanges(change).find((attribute) => attribute.path.join('.') === path);
  if (found === undefined) return code(path);
  return `${code(path)} ${beforeAfter(found.before ?? '', found.after ?? '').join(' → ')}`;
}

function data({ certainty, what, names = [] }: DataLoss): string {
  const about = names.length === 0 ? '' : ` (${listed(names.map(code), 6)})`;
  return `. ${CERTAINTIES[certainty][1]}: ${what}${about}.`;
}
