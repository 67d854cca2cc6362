import { attributeChanges } from '../terraform/attribute-diff';
import { dataLoss, type DataLoss } from './data-loss';
import { beforeAfter, code, counted, table } from './markdown';
import type { ResourceChange } from '../terraform/plan-format';
import { nameOf, typeInWords, type Block, type ReviewContext, type Section } from './section';

interface Removal {
  readonly change: ResourceChange;
  readonly loss: DataLoss | undefined;
}

const CERTAINTY = { lost: 0, 'at risk': 1, refused: 2 };

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

/** What goes, what is made anew and why, and what happens to the data in it. */
export function destroys({ changed }: ReviewContext): Section | undefined {
  const removals = changed
    .map((change): Removal => ({ change, loss: dataLoss(change) }))
    .filter(({ change, loss }) => ['delete', 'replace'].includes(change.kind) || loss !== undefined)
    .sort((a, b) => rank(a) - rank(b));
  if (removals.length === 0) return undefined;
  return {
    title: 'Destroyed, replaced, deleted data',
    verdict: verdict(removals),
    blocks: blocksOf(removals),
  };
}

function rank({ change, loss }: Removal): number {
  const kind = ['delete', 'replace', 'update'].indexOf(change.kind);
  return (loss === undefined ? 3 : CERTAINTY[loss.certainty]) * 10 + kind;
}

function verdict(removals: readonly Removal[]): string[] {
  const losses = (certainty: string) => removals.filter(({ loss }) => loss?.certainty === certainty);
  const [lost, risky] = [losses('lost'), losses('at risk')];
  return [
    ...(lost.length > 0
      ? [`**${lost.length} ${lost.length === 1 ? 'destroys' : 'destroy'} data** (${named(lost)})`]
      : []),
    ...(risky.length > 0 ? [`${risky.length} may lose data (${named(risky)})`] : []),
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
]);

/** One row each for what loses data; what loses none goes behind a click. */
function blocksOf(removals: readonly Removal[]): Block[] {
  const dangerous = removals.filter(({ loss }) => loss !== undefined);
  const harmless = removals.filter(({ loss }) => loss === undefined);
  return [
    ...dangerous.map(({ change, loss }) => ({ line: `- ${symbol(loss)} ${describe(change)}${data(loss)}` })),
    ...(harmless.length === 0
      ? []
      : [
          {
            line: `- ${counted(harmless.length, 'more resource')} without data: ${kindsOf(harmless)}`,
            detail: table(
              ['Action', 'Resource', 'Name', 'Why'],
              harmless.map(({ change }) => [
                ACTION_WORDS.get(change.kind) ?? change.kind,
                code(change.address),
                code(nameOf(change)),
                why(change),
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

function symbol(loss: DataLoss | undefined): string {
  return loss?.certainty === 'lost' ? '🟥' : '🟧';
}

function describe(change: ResourceChange): string {
  const action = ACTION_WORDS.get(change.kind) ?? change.kind;
  return `**${action}** the ${entitiesFree(typeInWords(change.type))} ${code(nameOf(change))} (${code(change.address)}): ${why(change)}`;
}

/** Types come from the plan: words that are not plain ones are shown as code. */
function entitiesFree(words: string): string {
  return /^[A-Za-z0-9 ]+$/.test(words) ? words : code(words);
}

function why(change: ResourceChange): string {
  const forced = change.forcedBy.filter((path) => path !== '');
  if (forced.length > 0)
    return `forced by ${forced
      .slice(0, 4)
      .map((path) => forcedBy(change, path))
      .join(', ')}`;
  const reason = new Map(Object.entries(REASONS)).get(change.reason ?? '');
  return reason ?? (change.kind === 'update' ? 'shorter retention' : 'Terraform tells no reason');
}

function forcedBy(change: ResourceChange, path: string): string {
  const found = attributeChanges(change).find((attribute) => attribute.path.join('.') === path);
  if (found === undefined) return code(path);
  return `${code(path)} ${beforeAfter(found.before ?? '', found.after ?? '').join(' → ')}`;
}

function data(loss: DataLoss | undefined): string {
  if (loss === undefined) return '';
  const word = { lost: '**Data lost**', 'at risk': 'Data at risk', refused: 'Not while it holds data' }[
    loss.certainty
  ];
  return `. ${word}: ${loss.what.includes('rule ') ? code(loss.what) : loss.what}.`;
}
