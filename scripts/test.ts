import { TaskError } from '../tools/cli/errors';
import { Progress, type Step } from '../tools/cli/progress';
import { renderTable } from '../tools/cli/table';
import { runTask } from '../tools/cli/task';
import { describeCounts, NONE, sum } from '../tools/testing/test-counts';
import { allSuites, LANES, type Suite, type SuiteResult } from '../tools/testing/test-suites';

/** Spark logs thousands of lines, in which a failed assertion drowns. */
const SPARK_LOG_LINE = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d (INFO|WARN|DEBUG) /;

/** Enough to see which test failed and why; a broken build prints more than anyone reads. */
const SHOWN_LINES = 200;

interface Finished extends SuiteResult {
  readonly name: string;
  readonly seconds: number;
}

async function finish({ name, run }: Suite): Promise<Finished> {
  const started = Date.now();
  const result = await run().catch((error: unknown) => ({
    counts: { ...NONE, failed: 1 },
    output:
      error instanceof TaskError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? '')
          : String(error),
  }));
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
    .slice(-SHOWN_LINES)
    .join('\n');
}

function chooseSuites(only: readonly string[] | undefined): Suite[] {
  const suites = allSuites();
  const names = suites.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TaskError(`--only ${unknown}: the suites are ${names.join(', ')}.`);
  return suites.filter(({ name }) => only?.includes(name) ?? true);
}

async function runSuites(suites: readonly Suite[]): Promise<Finished[]> {
  const finished: Finished[] = [];
  const progress = new Progress();
  const toStep = (lane: readonly Suite[]): Step => ({
    title: lane.map(({ name }) => name).join(', '),
    run: async ({ update, setTitle }) => {
      for (const suite of lane) {
        update(suite.name);
        finished.push(await finish(suite));
      }
      const own = finished.filter(({ name }) => lane.some((suite) => suite.name === name));
      setTitle(own.map(({ name, counts }) => `${name}: ${describeCounts(counts)}`).join('; '));
    },
  });
  const lanes = LANES.map((lane) => suites.filter((suite) => suite.lane === lane)).filter(
    (lane) => lane.length > 0,
  );
  await progress.steps(lanes.map(toStep), lanes.length);
  return suites.flatMap(({ name }) => finished.filter((suite) => suite.name === name));
}

void runTask({
  name: 'test',
  summary: `Runs every suite, goes on after a failing one, and ends with the number of tests. Exit code 1 when a test
failed or a suite ran none.`,
  options: { only: { type: 'string', multiple: true } },
  optionHelp: {
    '--only SUITE': `only this suite (may be repeated): ${allSuites()
      .map(({ name }) => name)
      .join(', ')}`,
  },
  run: async ({ values }) => {
    const finished = await runSuites(chooseSuites(values.only));
    for (const { name, output } of finished.filter(hasFailed)) {
      const shown = lastLines(output);
      process.stdout.write(`\n── ${name}\n${shown === '' ? 'The suite ran no test.' : shown}\n`);
    }
    const rows = finished.map(({ name, counts, seconds }) => [
      ...[name, String(counts.passed), String(counts.failed), String(counts.skipped)],
      seconds.toFixed(1),
    ]);
    process.stdout.write(`\n${renderTable(['Suite', 'Passed', 'Failed', 'Skipped', 'Seconds'], rows)}\n\n`);
    process.stdout.write(`${describeCounts(sum(finished.map(({ counts }) => counts)))}\n`);
    return finished.some(hasFailed) ? 1 : 0;
  },
});
