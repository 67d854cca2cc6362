import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runningEmulator, stopEmulator } from '../../../tools/local-aws/emulator-process';
import { temporaryFolder } from '../../support/temporary-folder';

function recordInstance(folder: string, pid: number | undefined): void {
  const instance = { pid, port: 1, endpoint: 'http://127.0.0.1:1', startedAt: '2026-01-02T03:04:05Z' };
  writeFileSync(join(folder, 'instance.json'), JSON.stringify(instance));
}

function stateDirectory(pid?: number): string {
  const folder = temporaryFolder();
  if (pid !== undefined) recordInstance(folder, pid);
  return folder;
}

test.each([
  ['was never started', undefined],
  ['has ended', 2 ** 30],
])('An emulator that %s is not running.', (_, pid) => {
  expect(runningEmulator(stateDirectory(pid))).toBeUndefined();
});

test('Another program with the process ID of an ended emulator is not stopped.', async () => {
  const other = spawn('sleep', ['100'], { stdio: 'ignore' });
  const folder = stateDirectory(other.pid);
  expect(runningEmulator(folder)).toBeUndefined();
  expect(await stopEmulator(folder)).toBe(false);
  expect(other.exitCode).toBeNull();
  expect(other.killed).toBe(false);
  other.kill();
});

test('The emulator of the state directory is found and stopped.', async () => {
  const folder = stateDirectory();
  const idle = ['--eval', 'setTimeout(() => {}, 100_000)', 'emulator', '--state-dir', folder];
  const server = spawn(process.execPath, idle, { stdio: 'ignore' });
  recordInstance(folder, server.pid);
  expect(runningEmulator(folder)?.pid).toBe(server.pid);
  expect(await stopEmulator(folder)).toBe(true);
  expect(runningEmulator(folder)).toBeUndefined();
});
