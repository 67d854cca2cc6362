import { print } from '../tools/cli/output';
import { TaskError } from '../tools/cli/errors';
import { Progress, type Step } from '../tools/cli/progress';
import { renderTable } from '../tools/cli/table';
import { runTask } from '../tools/cli/task';
import { describeCounts, NONE, sum } from '../tools/testing/test-counts';
import { LANES, type Suite, type SuiteResult, SUITES } from '../tools/testing/test-suites';

/** Spark logs thousands of lines, in which a failed assertion would not be found. */
const SPARK_LOG_LINE = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d (INFO|WARN|DEBUG) /;

/** Enough to see which test failed and why; a broken build prints more than anyone reads. */
const MAX_LINES = 200;

const NAMES = SUITES.map(({ name }) => name);

interface Finished extends SuiteResult {
  readonly name: string;
  readonly seconds: number;
}

async function finish({ name, run }: Suite): Promise<Finished> {
  const started = Date.now();
  const result = await run().catch((error: unknown) => {
    const fault = error instanceof Error ? error.stack : String(error);
    const output = error instanceof TaskError ? error.message : (fault ?? '');
    return { counts: { ...NONE, failed: 1 }, output };
  });
  return { name, ...result, seconds: (Date.now() - started) / 1000 };
}

/** A suite that ran nothing proves nothing. */
function hasFailed({ counts }: Finished): boolean {
  return counts.failed > 0 || counts.passed === 0;
}

function lastLines(output: string): string {
  const lines = output.trimEnd().split('\n');
  return lines
    .filter((line) => !SPARK_LOG_LINE.test(line))
    .slice(-MAX_LINES)
    .join('\n');
}

async function runSuites(suites: readonly Suite[]): Promise<Finished[]> {
  const finished: Finished[] = [];
  const toStep = (lane: readonly Suite[]): Step => ({
    title: lane.map(({ name }) => name).join(', '),
    run: async ({ update, setTitle }) => {
      const own: Finished[] = [];
      for (const suite of lane) {
        update(suite.name);
        own.push(await finish(suite));
      }
      finished.push(...own);
      setTitle(own.map(({ name, counts }) => `${name}: ${describeCounts(counts)}`).join('; '));
    },
  });
  const lanes = LANES.map((lane) => suites.filter((suite) => suite.lane === lane));
  const steps = lanes.filter((lane) => lane.length > 0).map(toStep);
  await new Progress().steps(steps, steps.length);
  return finished.sort((one, other) => NAMES.indexOf(one.name) - NAMES.indexOf(other.name));
}

void runTask({
  name: 'test',
  summary: `Runs every suite, continues after a failing one, and ends with the number of tests. Exit code 1 when a test
failed or a suite ran none.`,
  options: { only: { type: 'string', multiple: true, default: NAMES } },
  optionHelp: { '--only SUITE': `only this suite (may be repeated): ${NAMES.join(', ')}` },
  run: async ({ values: { only } }) => {
    const unknown = only.find((name) => !NAMES.includes(name));
    if (unknown !== undefined) throw new TaskError(`--only ${unknown}: the suites are ${NAMES.join(', ')}.`);
    const finished = await runSuites(SUITES.filter(({ name }) => only.includes(name)));
    for (const { name, output } of finished.filter(hasFailed)) {
      const shown = lastLines(output);
      print(`\n── ${name}\n${shown === '' ? 'The suite ran no test.' : shown}\n`);
    }
    const rows = finished.map(({ name, counts, seconds }) => [
      name,
      String(counts.passed),
      String(counts.failed),
      String(counts.skipped),
      seconds.toFixed(1),
    ]);
    print(`\n${renderTable(['Suite', 'Passed', 'Failed', 'Skipped', 'Seconds'], rows)}\n\n`);
    print(`${describeCounts(sum(finished.map(({ counts }) => counts)))}\n`);
    return finished.some(hasFailed) ? 1 : 0;
  },
});
