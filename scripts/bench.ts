import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print } from '../tools/cli/output';
import { buildSteps } from '../tools/build/build';
import { handlerNames } from '../tools/build/handler-names';
import { requireCommand } from '../tools/cli/command';
import { atExit } from '../tools/cli/exit-actions';
import { Progress } from '../tools/cli/progress';
import { renderTable } from '../tools/cli/table';
import { TaskError } from '../tools/cli/errors';
import { benchClicks, renderClickBench } from '../tools/testing/click-bench';
import { runTask } from '../tools/cli/task';
import { startEmulator, stopEmulator } from '../tools/local-aws/emulator-process';

/** The median of five is steady enough to compare two versions on one machine. */
const RUNS = 5;

/** Median of the seconds that the work takes. */
async function measure(work: () => Promise<unknown>, runs = RUNS): Promise<string> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    await work();
    times.push((performance.now() - started) / 1000);
  }
  const median = times.sort((one, other) => one - other)[Math.floor(runs / 2)];
  return `${median?.toFixed(2)} s`;
}

async function figures(
  scratch: string,
  { pipeline = false, plan = false }: { readonly pipeline?: boolean; readonly plan?: boolean },
): Promise<Record<string, string>> {
  const node = (...args: string[]) => requireCommand('node', process.execPath, args);
  const task = (name: string, ...options: string[]) =>
    node('--import', 'tsx', `scripts/${name}.ts`, ...options);
  const env = { ...process.env, CLICKLOGGER_LOCAL_DIR: join(scratch, 'pipeline') };
  const local = () =>
    requireCommand('npm run local', process.execPath, ['--import', 'tsx', 'scripts/local.ts'], { env });
  const emulatorRound = async (): Promise<void> => {
    const stateDir = mkdtempSync(join(scratch, 'emulator-'));
    await startEmulator({ stateDir, parent: process.pid });
    await stopEmulator(stateDir);
  };
  const { bundleHandler } = await import('../tools/build/bundle.js');
  const bundles = await Promise.all(handlerNames().map((name) => bundleHandler(name)));
  return {
    'start of Node.js': await measure(() => node('--eval', '0')),
    'bootstrap with nothing to do': await measure(() => node('scripts/bootstrap.mjs')),
    'synth of all stacks': await measure(() => task('synth', '--output', join(scratch, 'cdktf.out'))),
    'local AWS, start and stop': await measure(emulatorRound),
    ...Object.fromEntries(
      bundles.map(({ name, bytes }) => [`bundle ${name}`, `${(bytes / 1024).toFixed(0)} KiB`]),
    ),
    ...(pipeline && {
      'npm run local, first': await measure(local, 1),
      'npm run local, again': await measure(local, 1),
    }),
    ...(plan && {
      'npm run plan -- --against-ref HEAD': await measure(
        () => task('plan', '--against-ref', 'HEAD', '--out', join(scratch, 'plan'), '--json'),
        1,
      ),
    }),
  };
}

void runTask({
  name: 'bench',
  summary: `Measures how long common tasks take (median of ${RUNS}) and the size of each Lambda. It has no limits.`,
  positionals: true,
  options: {
    json: { type: 'boolean' },
    pipeline: { type: 'boolean' },
    plan: { type: 'boolean' },
    rows: { type: 'string' },
  },
  optionHelp: {
    '[clicks]': 'measure only the click job, next to plain Spark SQL and DuckDB: 15 minutes',
    '--rows N,N': 'how many clicks, for `clicks` (default: 1000000,5000000)',
    '--pipeline': 'also run the whole pipeline twice, which takes minutes',
    '--plan': 'also plan against the last commit, which takes minutes',
    '--json': 'print the figures as JSON',
  },
  run: async ({ values, positionals }) => {
    const wrong = positionals.find((name) => name !== 'clicks');
    if (wrong !== undefined) throw new TaskError(`there is no bench '${wrong}'; pass clicks, or no name`);
    const progress = new Progress({ onStderr: values.json ?? false });
    const scratch = mkdtempSync(join(tmpdir(), 'clicklogger-bench-'));
    atExit(() => {
      rmSync(scratch, { recursive: true, force: true });
    });
    await progress.steps(buildSteps(), 2);
    if (positionals.length > 0) {
      const rows = (values.rows ?? '1000000,5000000').split(',').map(Number);
      const results = await progress.step('Measure the click job', ({ update }) =>
        benchClicks(scratch, { rows, pairs: RUNS, update }),
      );
      print(values.json ? `${JSON.stringify(results, undefined, 2)}\n` : `\n${renderClickBench(results)}\n`);
      return 0;
    }
    const found = await progress.step('Measure', () => figures(scratch, values));
    const table = renderTable(['What', 'Figure'], Object.entries(found));
    print(values.json ? `${JSON.stringify(found, undefined, 2)}\n` : `\n${table}\n`);
    return 0;
  },
});
