import { print, printError } from '../cli/output';
import { renderTable } from '../cli/table';
import type { Target } from '../aws/target';
import { ask } from '../deploy/confirmation';
import type { CostAtMost } from './cost-at-most';
import type { Finding } from './facts';
import type { Precondition } from './preconditions';

export interface VerifyEnd {
  readonly target: Target;
  readonly preconditions: readonly Precondition[];
  readonly costAtMostUsd: number;
  /** Undefined when it was not confirmed. */
  readonly findings: readonly Finding[] | undefined;
  readonly recordings: string | undefined;
}

/** Preconditions and maximum cost, which are shown before the confirmation. */
export function renderProposal(
  place: string,
  preconditions: readonly Precondition[],
  { usd, basis }: CostAtMost,
): string {
  return [
    `Verification in ${place}`,
    '',
    renderTable(
      ['precondition', 'state', 'detail'],
      preconditions.map(({ name, state, detail }) => [name, state, detail]),
    ),
    '',
    `It creates both stacks, runs six executions with compute, and deletes all resources at the end.`,
    `Cost at most ${usd.toFixed(2)} USD, if all compute runs until its time limit:`,
    ...basis.map((line) => `  ${line}`),
  ].join('\n');
}

/** Maximum length of a cell; the recording has the whole text. */
const MAX_CELL = 60;

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > MAX_CELL ? `${line.slice(0, MAX_CELL - 1)}…` : line;
}

/** A row for each fact, and one row for all permissions that match the matrix. */
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

export async function confirm(target: Target, yes: boolean): Promise<boolean> {
  return yes || ask('yes or no', target);
}

/** Prints the result and returns the exit code: 0 when all facts are as expected. */
export function presentEnd(end: VerifyEnd, json: boolean): number {
  const { target, findings, recordings, preconditions, costAtMostUsd } = end;
  const write = json ? printError : print;
  if (findings === undefined) {
    write('Not confirmed. No resources were created.\n');
  } else {
    const same = findings.filter((finding) => finding.same).length;
    write(
      `\n${renderFindings(findings)}\n\n${same} of ${findings.length} as expected, in ${target.description}.\n` +
        `Recorded in ${recordings ?? ''}, with placeholders for the account and for ids.\n`,
    );
  }
  if (json) {
    const { stage, kind, region } = target;
    const document = { stage, kind, region, preconditions, costAtMostUsd, findings, recordings };
    print(`${JSON.stringify(document, undefined, 2)}\n`);
  }
  return findings?.every(({ same }) => same) === true ? 0 : 1;
}
