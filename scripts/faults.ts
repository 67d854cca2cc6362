import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TaskError } from '../tools/cli/errors';
import { atExit } from '../tools/cli/exit-actions';
import { runTask } from '../tools/cli/task';

/** Gives this process a local AWS of its own: to be called before anything is imported that works with one. */
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
  throw new TaskError(`--${option} ${text}: give a whole number from 1 on.`);
}

void runTask({
  name: 'faults',
  summary: `Proves on a local AWS of its own that nothing is left when something fails: deploys both pipelines, makes every
state of their workflows fail in every way that applies to it, and shows a table of what was left. Exit code 1 when there was.`,
  positionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'boolean' },
  },
  optionHelp: {
    '[states|permissions]':
      'what to break: the states of the workflows (default), or the permissions of their roles',
    '--sample N': 'only N cells, of each pipeline and fault in turn (states only)',
    '--seed N': 'what the sample is drawn with (default: 1)',
    '--only TEXT': 'only what has this in its line `pipeline state fault` or `role statement action`',
    '--json': 'print the result as JSON; everything else goes to standard error',
  },
  run: async ({ values, positionals: [what = 'states', ...more] }) => {
    if (!['states', 'permissions'].includes(what) || more.length > 0)
      throw new TaskError(`faults ${[what, ...more].join(' ')}: give states, permissions or nothing.`);
    const { json = false, only } = values;
    const [sample, seed = 1] = [numberOf('sample', values.sample), numberOf('seed', values.seed)];
    useOwnLocalAws();
    // The AWS SDKs take two seconds to load, which --help need not wait for.
    if (what === 'permissions')
      return (await import('../tools/faults/permissions/run.js')).removeEachPermission({ json, only });
    return (await import('../tools/faults/states.js')).breakStates({ json, sample, seed, only });
  },
});
