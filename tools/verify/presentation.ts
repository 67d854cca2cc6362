import { renderTable } from '../cli/table';
import type { CostAtMost } from './cost';
import type { Finding } from './facts';
import type { Precondition } from './preconditions';

/** What is asked before anything is made: what the account has, and what the verification costs at most. */
export function renderProposal(
  place: string,
  preconditions: readonly Precondition[],
  { usd, basis }: CostAtMost,
): string {
  return [
    `Verification in ${place}`,
    '',
    renderTable(
      ['before it starts', '', ''],
      preconditions.map(({ name, state, detail }) => [name, state, detail]),
    ),
    '',
    `It creates both stacks, runs six executions that start compute, and removes everything at the end.`,
    `Cost at most ${usd.toFixed(2)} USD, if everything runs until its time limit:`,
    ...basis.map((line) => `  ${line}`),
  ].join('\n');
}

/** Long texts of AWS would break the table; the recording has them whole. */
const LONGEST_CELL = 60;

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_CELL ? `${line.slice(0, LONGEST_CELL - 1)}…` : line;
}

/** Expected, seen, same or not: a row for each fact; permissions that are as declared are one row. */
export function renderFindings(findings: readonly Finding[]): string {
  const isQuiet = ({ scenario, same }: Finding): boolean => scenario === 'permissions' && same;
  const quiet = findings.filter(isQuiet).length;
  const rows = findings
    .filter((finding) => !isQuiet(finding))
    .map(({ scenario, fact, expected, seen, same }) => [
      scenario,
      ...[fact, expected, seen].map(shorten),
      same ? 'same' : 'DIFFERENT',
    ]);
  const permissions =
    quiet === 0 ? [] : [['permissions', `${quiet} rows of the matrix`, 'as declared', 'as declared', 'same']];
  return renderTable(['scenario', 'fact', 'expected', 'seen', ''], [...rows, ...permissions]);
}
