import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TaskError } from '../tools/cli/errors';
import { atExit } from '../tools/cli/exit-actions';
import { runTask } from '../tools/cli/task';

/** Uses a separate local AWS for this process; must run before modules that use the local AWS are imported. */
function useOwnLocalAws(): void {
  const folder = mkdtempSync(join(tmpdir(), 'clicklogger-faults-'));
  atExit(() => {
    const log = join(folder, 'emulator/emulator.log');
    if (existsSync(log)) cpSync(log, join(__dirname, '../.local/logs/faults-local-aws.log'));
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  process.env.CLICKLOGGER_LOCAL_DIR = folder;
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new TaskError(`--${option} ${text}: expected a whole number of at least 1.`);
}

void runTask({
  name: 'faults',
  summary: `Verifies on a separate local AWS that failures leave no compute running: deploys both pipelines, injects every
applicable fault into every state of their workflows, and shows a table of the results. The exit code is 1 after a problem.`,
  positionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'boolean' },
  },
  optionHelp: {
    '[states|permissions]': 'test the states of the workflows (default), or the permissions of their roles',
    '--sample N': 'test only N cells, from each pipeline and fault in turn (states only)',
    '--seed N': 'seed of the sample (default: 1)',
    '--only TEXT': 'test only lines `pipeline state fault` or `role statement action` that contain TEXT',
    '--json': 'print the result as JSON, and other output to standard error',
  },
  run: async ({ values, positionals: [what = 'states', ...more] }) => {
    if (!['states', 'permissions'].includes(what) || more.length > 0)
      throw new TaskError(
        `faults ${[what, ...more].join(' ')}: expected states, permissions or no argument.`,
      );
    const { json = false, only } = values;
    const [sample, seed = 1] = [numberOf('sample', values.sample), numberOf('seed', values.seed)];
    useOwnLocalAws();
    // The AWS SDKs take two seconds to load, which --help does not need.
    if (what === 'permissions')
      return (await import('../tools/faults/permissions/run.js')).removeEachPermission({ json, only });
    return (await import('../tools/faults/states.js')).breakStates({ json, sample, seed, only });
  },
});
