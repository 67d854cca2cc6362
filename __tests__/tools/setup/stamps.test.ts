import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive, takeLock, withLock } from '../../../tools/setup/stamps.cjs';
import { PYTHON } from '../../../tools/cli/paths';
import { eventually } from '../../support/eventually';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

describe('A lock', () => {
  const NO_SUCH_PROCESS = 2 ** 30;
  const STAMPS = join(__dirname, '../../../tools/setup/stamps.cjs');

  test('is held by one process at a time.', async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push(`${name} ends`);
    };
    const waiting: number[] = [];
    const wait = (holder: number): void => void waiting.push(holder);
    await Promise.all([withLock(at('lock'), work('a'), wait), withLock(at('lock'), work('b'), wait)]);
    expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
    expect(waiting).toEqual([process.pid]);
    expect(existsSync(at('lock'))).toBe(false);
  });

  test('contains process, host, task and time of its holder.', () => {
    const file = at('named');
    expect(takeLock(file, 'npm run exec')).toBeUndefined();
    const own = { pid: process.pid, host: hostname(), task: 'npm run exec' };
    expect(takeLock(file)).toMatchObject({ ...own, since: expect.stringMatching(/^\d{4}-.+Z$/) as string });
  });

  test.each([
    ['of an ended process is free', { pid: NO_SUCH_PROCESS, host: hostname() }, false],
    ['whose process ID was reused is free', { pid: process.pid, host: hostname(), start: 'before' }, false],
    ['that is truncated is free', '', false],
    ['with other content is free', '[7]', false],
    ['of a running process is held', { pid: process.pid, host: hostname() }, true],
    ['of a process on another machine is held', { pid: NO_SUCH_PROCESS, host: 'elsewhere' }, true],
  ])('%s.', (_, content, isHeld) => {
    const file = at('found');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    expect(takeLock(file) !== undefined).toBe(isHeld);
    rmSync(file);
  });

  test('of a zombie process is free.', async () => {
    const file = at('killed');
    const take = `require(${JSON.stringify(STAMPS)}).takeLock(process.argv[1]); setInterval(() => {}, 1000)`;
    // Unlike a shell, Python does not reap its child.
    const script = `import os, subprocess, sys, time
child = subprocess.Popen(sys.argv[1:])
while not os.path.exists(sys.argv[-1]): time.sleep(0.05)
child.kill()
print('killed', flush=True)
time.sleep(60)`;
    const parent = spawn(PYTHON, ['-c', script, process.execPath, '-e', take, file]);
    await once(parent.stdout, 'data');
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number };
    await eventually(() => Promise.resolve(takeLock(file) === undefined));
    expect(isAlive(pid)).toBe(true);
    parent.kill();
  });

  test('of an ended process is taken over by exactly one of several concurrent processes.', async () => {
    const script = `const { takeLock } = require(${JSON.stringify(STAMPS)});
      process.stdin.once('data', () => console.log(takeLock(process.argv[1]) === undefined ? 'taken' : 'held'));
      console.log('ready');`;
    for (let round = 0; round < 5; round += 1) {
      const file = at(`contested-${round}`);
      writeFileSync(file, JSON.stringify({ pid: NO_SUCH_PROCESS, host: hostname() }));
      const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['-e', script, file]));
      const line = async (child: (typeof children)[number]): Promise<string> =>
        String((await once(child.stdout, 'data'))[0]).trim();
      await Promise.all(children.map(line));
      const answers = Promise.all(children.map(line));
      for (const child of children) child.stdin.write('now\n');
      expect((await answers).filter((answer) => answer === 'taken')).toHaveLength(1);
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map((child) => once(child, 'close')));
      expect(takeLock(file)).toBeUndefined();
    }
  });

  test('is released when the work fails.', async () => {
    await expect(withLock(at('failed'), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(existsSync(at('failed'))).toBe(false);
  });
});
