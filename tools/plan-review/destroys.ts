import { findLosses } from '../data-loss/data-loss';
import type { DataLoss, LossReason } from '../data-loss/loss';
import { attributeChanges } from '../terraform/attribute-diff';
import { beforeAfter, code, counted, table } from './markdown';
import type { ResourceChange } from '../terraform/plan-format';
import { nameOf, typeInWords, type Block, type ReviewContext, type Section } from './section';

/** A change that destroys something, or loses data. */
interface Removal {
  readonly change: ResourceChange;
  /** The worst first. */
  readonly losses: readonly DataLoss[];
}

const CERTAINTIES = ['lost', 'at risk', 'refused', 'kept'] as const;

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
  const counts = new Map<string, number>();
  for (const { change } of removals) counts.set(change.type, (counts.get(change.type) ?? 0) + 1);
  return [...counts]
    .slice(0, 8)
    .map(([type, count]) => `${count} ${code(type)}`)
    .concat(counts.size > 8 ? ['…'] : [])
    .join(', ');
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
    return `forced by ${forced
      .slice(0, 4)
      .map((path) => forcedBy(change, path))
      .join(', ')}`;
  if (change.kind === 'update' || change.kind === 'create')
    return [...new Set(losses.map(({ reason }) => LOSS_REASONS[reason]))].join(', ');
  return new Map(Object.entries(REASONS)).get(change.reason ?? '') ?? 'Terraform gives no reason';
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
  const about = names.length === 0 ? '' : ` (${names.slice(0, 6).map(code).join(', ')})`;
  return `. ${word}: ${what}${about}.`;
}
