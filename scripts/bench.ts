import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSteps } from '../tools/build/build';
import { fromRoot } from '../tools/cli/paths';
import { requireCommand } from '../tools/cli/command';
import { startEmulator, stopEmulator } from '../tools/local-aws/emulator-process';
import { atExit } from '../tools/cli/exit-actions';
import { handlerNames } from '../tools/build/handler-names';
import { Progress } from '../tools/cli/progress';
import { renderTable } from '../tools/cli/table';
import { runTask } from '../tools/cli/task';

/** The median of five is steady enough to compare two versions on one machine. */
const RUNS = 5;

async function medianSeconds(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    await work();
    times.push((performance.now() - started) / 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
}

async function emulatorRound(scratch: string): Promise<void> {
  const stateDir = mkdtempSync(join(scratch, 'emulator-'));
  await startEmulator({ stateDir, parent: process.pid });
  await stopEmulator(stateDir);
}

async function measure(scratch: string): Promise<Record<string, string>> {
  const { bundleHandler } = await import('../tools/build/bundle.js');
  const bundles = await Promise.all(handlerNames().map((name) => bundleHandler(name)));
  const seconds = async (work: () => Promise<unknown>): Promise<string> =>
    `${(await medianSeconds(work)).toFixed(2)} s`;
  const node = (...args: string[]) => requireCommand('node', process.execPath, args);
  const bootstrap = fromRoot('scripts/bootstrap.mjs');
  return {
    'start of Node.js': await seconds(() => node('--eval', '0')),
    'bootstrap with nothing to do': await seconds(() => node(bootstrap)),
    'synth of all stacks': await seconds(() =>
      node('--import', 'tsx', 'scripts/synth.ts', '--output', join(scratch, 'cdktf.out')),
    ),
    'local AWS, start and stop': await seconds(() => emulatorRound(scratch)),
    ...Object.fromEntries(
      bundles.map(({ name, bytes }) => [`bundle ${name}`, `${(bytes / 1024).toFixed(0)} KiB`]),
    ),
  };
}

/** The whole of `npm run local` in a folder of its own, first and again. */
async function measurePipeline(scratch: string): Promise<Record<string, string>> {
  const env = { ...process.env, CLICKLOGGER_LOCAL_DIR: join(scratch, 'pipeline') };
  const run = async (): Promise<string> => {
    const started = performance.now();
    const args = ['--import', 'tsx', fromRoot('scripts/local.ts'), '--json'];
    await requireCommand('npm run local', process.execPath, args, { env });
    return `${((performance.now() - started) / 1000).toFixed(0)} s`;
  };
  return { 'npm run local, first': await run(), 'npm run local, again': await run() };
}

/** `npm run plan` of the working tree against its own commit: the base applied, both stacks planned. */
async function measurePlan(scratch: string): Promise<Record<string, string>> {
  const started = performance.now();
  const args = ['--import', 'tsx', fromRoot('scripts/plan.ts')];
  const options = ['--against-ref', 'HEAD', '--out', join(scratch, 'plan'), '--json'];
  await requireCommand('npm run plan', process.execPath, [...args, ...options]);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  return { 'npm run plan -- --against-ref HEAD': `${seconds} s` };
}

void runTask({
  name: 'bench',
  summary: `Measures what a newcomer waits for (median of ${RUNS}) and the size of each Lambda. Judges nothing.`,
  options: { json: { type: 'boolean' }, pipeline: { type: 'boolean' }, plan: { type: 'boolean' } },
  optionHelp: {
    '--pipeline': 'also run the whole pipeline twice, which takes minutes',
    '--plan': 'also plan against the last commit, which takes minutes',
    '--json': 'print the figures as JSON',
  },
  run: async ({ values }) => {
    const progress = new Progress({ onStderr: values.json ?? false });
    const scratch = mkdtempSync(join(tmpdir(), 'clicklogger-bench-'));
    atExit(() => {
      rmSync(scratch, { recursive: true, force: true });
    });
    await progress.steps(buildSteps(), 2);
    const figures = await progress.step('Measure', async ({ update }) => {
      const parts = [await measure(scratch)];
      if (values.pipeline) {
        update('the whole pipeline');
        parts.push(await measurePipeline(scratch));
      }
      if (values.plan) {
        update('plan against the last commit');
        parts.push(await measurePlan(scratch));
      }
      return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
    });
    const table = renderTable(['What', 'Figure'], Object.entries(figures));
    process.stdout.write(values.json ? `${JSON.stringify(figures, undefined, 2)}\n` : `\n${table}\n`);
    return 0;
  },
});
