import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireCommand, runCommand } from '../../../tools/cli/command';
import { runExitActions } from '../../../tools/cli/exit-actions';
import { isAlive } from '../../../tools/setup/stamps.cjs';
import { temporaryFolder } from '../../scripts/fake-tools';

const folder = temporaryFolder();
const shell = (script: string, options = {}) => runCommand('sh', ['-c', script], { cwd: folder, ...options });

it('resolves with the exit code and both outputs', async () => {
  expect(await shell('echo out; echo err >&2; exit 3')).toEqual({
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

it('tells every line as it comes', async () => {
  const lines: string[] = [];
  await shell('echo one; echo two', { onLine: (line: string) => lines.push(line) });
  expect(lines).toEqual(['one', 'two']);
});

it('fails with the end of the output, and says where all of it is', async () => {
  const log = join(folder, 'logs/tool.log');
  const run = requireCommand('the tool', 'sh', ['-c', 'seq 1 100; echo reason >&2; exit 7'], { log });
  await expect(run).rejects.toThrow(
    /the tool failed with exit code 7; all of its output is in .*tool\.log[\s\S]*reason/,
  );
  await expect(run).rejects.not.toThrow(/^1$/m);
  expect(readFileSync(log, 'utf8')).toContain('\n1\n2\n'.slice(1));
});

it('says which program cannot be started', async () => {
  await expect(runCommand(join(folder, 'missing'), [])).rejects.toThrow(
    /missing could not be started: .*ENOENT/,
  );
});

it('ends a command and its descendants with the task', async () => {
  const run = shell(`sh -c 'echo $$ > child; sleep 100; true'; true`);
  const file = join(folder, 'child');
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await sleep(10);
  const child = Number(readFileSync(file, 'utf8'));
  expect(isAlive(child)).toBe(true);
  await runExitActions();
  await run;
  while (isAlive(child)) await sleep(10);
});

const niceness = Math.max(getPriority(), 10);

const onLinux = existsSync('/proc/self/autogroup') ? it : it.skip;
onLinux('lowers the priority of the whole session of what is in the background', async () => {
  const lowered = `grep -q 'nice ${niceness}$' /proc/self/autogroup`;
  const wait = `i=0; until ${lowered} || [ $i = 500 ]; do i=$((i+1)); sleep 0.02; done`;
  const { stdout } = await shell(`${wait}; cat /proc/self/autogroup`, { background: true });
  expect(stdout).toMatch(new RegExp(` nice ${niceness}$`, 'm'));
});

it('runs what is in the background, with its descendants, at a lower priority', async () => {
  const script = `
    const { execFileSync } = require('child_process'), { getPriority } = require('os');
    const look = (tries) => {
      if (tries > 0 && getPriority() !== ${niceness}) return setTimeout(look, 20, tries - 1);
      console.log(getPriority(), String(execFileSync(process.execPath, ['-p', 'os.getPriority()'])));
    };
    look(500);`;
  const { stdout } = await runCommand(process.execPath, ['-e', script], { background: true });
  expect(stdout.trim().split(/\s+/)).toEqual([String(niceness), String(niceness)]);
});
