import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn, type IPty } from '@cdktf/node-pty-prebuilt-multiarch';
import { eventually } from '../support/eventually';
import { localFolder, shellEnvironment, taskEnvironment } from '../support/local-deployment';
import { requireTask, runProgram, runTask } from '../support/local-run';

/** A change that the first task plans and shows, and that is not made. */
const CHANGED = { LOG_RETENTION_DAYS: '60' };
const EXEC = ['clicklogger', '--local'];

const state = join(localFolder(), 'state');
const lock = join(state, 'clicklogger-dev-us-east-1.lock');
const tasks = join(localFolder(), 'tasks');

/** `npm run exec` at a terminal. */
class ExecAtTerminal {
  output = '';
  readonly pid: number;
  readonly ended: Promise<{ readonly exitCode: number; readonly signal?: number }>;
  private readonly terminal: IPty;

  constructor() {
    const env = { ...taskEnvironment(), ...CHANGED } as Record<string, string>;
    const args = ['--import', 'tsx', 'scripts/exec.ts', ...EXEC];
    this.terminal = spawn(process.execPath, args, { cols: 200, rows: 50, env });
    this.pid = this.terminal.pid;
    this.terminal.onData((text) => (this.output += text));
    this.ended = new Promise((resolve) => this.terminal.onExit(resolve));
  }

  async shows(text: string): Promise<void> {
    await eventually(() => Promise.resolve(this.output.includes(text)));
  }

  type(text: string): void {
    this.terminal.write(text);
  }
}

test.each([
  ['Ctrl-C leaves nothing behind', 'SIGINT', { exitCode: 130, signal: 0 }, false],
  ['kill -9 leaves a lock, which does not block the next run', 'SIGKILL', { exitCode: 0, signal: 9 }, true],
] as const)('npm run exec: %s.', async (_, signal, end, isLeft) => {
  const exec = new ExecAtTerminal();
  await exec.shows('Synthesize the stacks');
  process.kill(exec.pid, signal);
  expect(await exec.ended).toEqual(end);
  expect({ isLocked: existsSync(lock), folders: readdirSync(tasks).length }).toEqual({
    isLocked: isLeft,
    folders: isLeft ? 1 : 0,
  });
});

describe('While one npm run exec asks whether to apply its plan', () => {
  let first: ExecAtTerminal;

  beforeAll(async () => {
    first = new ExecAtTerminal();
    await first.shows('Apply the plan to stage dev');
  });

  test.each([
    ['exec', [...EXEC, '--yes']],
    ['cleanup', ['--local', '--yes']],
    ['local-down', []],
  ])('%s fails with the process that locks the stage and what to do.', async (name, args) => {
    const { exitCode, stderr } = await runTask(name, args, taskEnvironment());
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`npm run exec -- clicklogger --local (process ${first.pid} on `);
    expect(stderr).toContain(
      `Nothing was changed. Wait until it ends, or stop it with Ctrl-C or with: kill ${first.pid}`,
    );
  });

  test.each([
    ['status', ['--local']],
    ['cleanup', ['--local', '--dry-run']],
    ['plan', ['--local', '--out', join(localFolder(), 'plan')]],
  ])('%s, which only reads, runs.', async (name, args) => {
    await expect(requireTask(name, args, taskEnvironment())).resolves.toBeDefined();
  });

  test('a plan that replaces the one it has shown is not applied by its "y".', async () => {
    expect(readdirSync(tasks)).toEqual([expect.stringMatching(`^${first.pid}@`)]);
    const folder = join(tasks, readdirSync(tasks)[0]!, 'stacks', 'clicklogger');
    const options = ['-destroy', '-refresh=false', '-lock=false', '-out=saved.tfplan'];
    const replaced = await runProgram(
      'terraform',
      [`-chdir=${folder}`, 'plan', ...options],
      await shellEnvironment(),
    );
    expect(replaced.stdout).toContain('0 to add, 0 to change');
    const before = readFileSync(join(state, 'clicklogger-dev-us-east-1-clicklogger.tfstate'), 'utf8');
    first.type('y');
    expect(await first.ended).toMatchObject({ exitCode: 1 });
    expect(first.output).toContain(
      'The plan of the stack clicklogger, or a file that it uses, has changed since it was shown',
    );
    expect(readFileSync(join(state, 'clicklogger-dev-us-east-1-clicklogger.tfstate'), 'utf8')).toBe(before);
    expect({ isLocked: existsSync(lock), folders: readdirSync(tasks) }).toEqual({
      isLocked: false,
      folders: [],
    });
  });
});
