import { ask } from '../deploy/confirmation';
import { TaskError } from '../cli/errors';
import type { Target } from '../aws/target';
import { renderFindings } from './presentation';
import type { VerifyEnd } from './run';

/** Resolves with whether the user wants to go ahead; `--yes` has answered already. */
export async function confirm(target: Target, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY)
    throw new TaskError(
      'There is no terminal to confirm at. Nothing was made. Add --yes to go ahead without asking.',
    );
  return ask('yes or no', target);
}

/** Prints how it ended; resolves with the exit code: 0 only when everything was as expected and nothing is left. */
export function presentEnd(end: VerifyEnd, json: boolean): number {
  const { target, findings, recordings, preconditions, costAtMostUsd } = end;
  const output = json ? process.stderr : process.stdout;
  if (findings === undefined) {
    output.write('Not confirmed: nothing was made.\n');
  } else {
    const same = findings.filter((finding) => finding.same).length;
    output.write(
      `\n${renderFindings(findings)}\n\n${same} of ${findings.length} as expected, in ${target.description}.\n` +
        `Recorded in ${recordings ?? ''}, with placeholders for the account and for ids.\n`,
    );
  }
  if (json) {
    const { stage, kind, region } = target;
    const document = { stage, kind, region, preconditions, costAtMostUsd, findings, recordings };
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  }
  return findings?.every(({ same }) => same) === true ? 0 : 1;
}
