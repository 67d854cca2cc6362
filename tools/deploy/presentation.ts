import { print, printError } from '../cli/output';
import { consoleLinks } from '../cli/console-links';
import { summarizeRuns, LOCAL_RUN_SCOPE } from '../runs/run-summary';
import type { ExecEnd } from './run';

/** Prints how it ended; the exit code is 0 only when everything that was asked for was done. */
export function presentEnd(end: ExecEnd, json: boolean): number {
  const { target, changes, runs, failures, pages } = end;
  for (const failure of failures) printError(`\n✖ ${failure}\n`);
  if (json) {
    printError(pages.map((line) => `${line}\n`).join(''));
    const result = { target: target.description, changes, confirmed: runs !== undefined, ...runs, failures };
    print(`${JSON.stringify(result, undefined, 2)}\n`);
  } else if (runs === undefined) {
    print('Not confirmed: nothing was changed.\n');
  } else {
    const isLocal = target.kind === 'local';
    const summary = summarizeRuns(runs, isLocal ? undefined : consoleLinks(target.region));
    // Empty when every pipeline has failed; the failures are printed above.
    const about = summary === '' ? [] : [summary, ...(isLocal ? [LOCAL_RUN_SCOPE] : [])];
    print(`\n${[...about, pages.join('\n')].join('\n\n')}\n`);
  }
  const refused = runs?.clicklogger?.ingestion?.rejected.length ?? 0;
  return runs === undefined || failures.length > 0 || refused > 0 ? 1 : 0;
}
