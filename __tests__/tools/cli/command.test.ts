import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireCommand, runCommand } from '../../../tools/cli/command';
import { runExitActions } from '../../../tools/cli/exit-actions';
import { isAlive } from '../../../tools/setup/stamps.cjs';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const shell = (script: string, options = {}) => runCommand('sh', ['-c', script], { cwd: folder, ...options });

test('A command resolves with its exit code and both outputs.', async () => {
  const result = await shell('echo out; echo err >&2; exit 3');
  expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
});

test('Each line of output is passed on as it arrives.', async () => {
  const lines: string[] = [];
  await shell('echo one; echo two', { onLine: (line: string) => lines.push(line) });
  expect(lines).toEqual(['one', 'two']);
});

test('A failed command rejects with the end of its output and the path of its log.', async () => {
  const log = join(folder, 'logs/tool.log');
  const run = requireCommand('the tool', 'sh', ['-c', 'seq 1 100; echo reason >&2; exit 7'], { log });
  await expect(run).rejects.toThrow(
    /the tool failed with exit code 7; the full output is in .*tool\.log[\s\S]*reason/,
  );
  await expect(run).rejects.not.toThrow(/^1$/m);
  expect(readFileSync(log, 'utf8')).toContain('\n1\n2\n'.slice(1));
});

test('The error names a program that cannot be started.', async () => {
  await expect(runCommand(join(folder, 'missing'), [])).rejects.toThrow(
    /missing could not be started: .*ENOENT/,
  );
});

test('A command without output is ended with its descendants, and the error has the cause.', async () => {
  const file = join(folder, 'silent-child');
  const script = `echo started; sh -c 'echo $$ > ${file}; sleep 100; true'; true`;
  const run = requireCommand('the tool', 'sh', ['-c', script], { maxSilenceMs: 1_000, graceMs: 1_000 });
  await expect(run).rejects.toThrow(
    /^the tool was ended because it printed nothing for 1 s; check the network.*\nstarted$/s,
  );
  expect(isAlive(Number(readFileSync(file, 'utf8')))).toBe(false);
});

test('A command that prints periodically is not ended.', async () => {
  const script = 'for i in 1 2 3 4 5 6; do sleep 0.3; echo $i; done';
  expect(await shell(script, { maxSilenceMs: 1_000 })).toMatchObject({ exitCode: 0 });
});

test('A command and its descendants end with the task.', async () => {
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

const onLinux = existsSync('/proc/self/autogroup') ? test : test.skip;
onLinux('A background command lowers the priority of its whole session.', async () => {
  const lowered = `grep -q 'nice ${niceness}$' /proc/self/autogroup`;
  const wait = `i=0; until ${lowered} || [ $i = 500 ]; do i=$((i+1)); sleep 0.02; done`;
  const { stdout } = await shell(`${wait}; cat /proc/self/autogroup`, { background: true });
  expect(stdout).toMatch(new RegExp(` nice ${niceness}$`, 'm'));
});

test('A background command and its descendants run at a lower priority.', async () => {
  const script = `
    const { execFileSync } = require('child_process'), { getPriority } = require('os');
    const check = (tries) => {
      if (tries > 0 && getPriority() !== ${niceness}) return setTimeout(check, 20, tries - 1);
      console.log(getPriority(), String(execFileSync(process.execPath, ['-p', 'os.getPriority()'])));
    };
    check(500);`;
  const { stdout } = await runCommand(process.execPath, ['-e', script], { background: true });
  expect(stdout.trim().split(/\s+/)).toEqual([String(niceness), String(niceness)]);
});
