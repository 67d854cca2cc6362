import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { EMULATOR_STATE, PYTHON, ROOT } from '../cli/paths';
import { TaskError } from '../cli/errors';
import { isAlive } from '../setup/stamps.cjs';

/** Maximum for the first import of MiniStack and pyarrow from a slow disk. */
const START_MS = 60_000;
/** Saving the state and ending Spark jobs takes a few seconds. */
const STOP_MS = 20_000;
const POLL_MS = 50;
const LOG_TAIL_LINES = 15;

/** Divides waits like provisioning, Wait states and buffering: a minute lasts a second. */
const DEFAULT_CLOCK_FACTOR = 60;

export const CLOCK_FACTOR_HELP = `divide waits by N (default ${DEFAULT_CLOCK_FACTOR}; 1 is as slow as AWS)`;

/** Parses `--clock-factor`. TaskError unless it is a number of at least 1. */
export function parseClockFactor(text: string | undefined): number {
  if (text === undefined) return DEFAULT_CLOCK_FACTOR;
  const factor = Number(text);
  if (text.trim() !== '' && Number.isFinite(factor) && factor >= 1) return factor;
  throw new TaskError(`--clock-factor ${text} is not a number of at least 1.`);
}

const instanceSchema = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().positive(),
  endpoint: z.url(),
  startedAt: z.union([z.string(), z.number()]),
});

/** The content of instance.json, which a running local AWS writes. */
export type EmulatorInstance = z.infer<typeof instanceSchema>;

export interface StartOptions {
  /** @default .local/emulator */
  readonly stateDir?: string;
  /** @default 60 */
  readonly clockFactor?: number;
  /** ID of the process with which the local AWS ends. @default none */
  readonly parent?: number | undefined;
  /** File for the IAM decisions about roles. @default none */
  readonly decisions?: string;
  /** Whether faults can be injected: emulator/faults.py. @default false */
  readonly faults?: boolean | undefined;
  /** Delay of each request in milliseconds. @default 0 */
  readonly latency?: number;
  /** @default a free port */
  readonly port?: number;
}

function emulatorLog(stateDir = EMULATOR_STATE): string {
  return join(stateDir, 'emulator.log');
}

/** The running local AWS of the state directory; undefined when it does not run. */
export function runningEmulator(stateDir = EMULATOR_STATE): EmulatorInstance | undefined {
  const file = join(stateDir, 'instance.json');
  if (!existsSync(file)) return undefined;
  const instance = instanceSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return servesFrom(instance.pid, stateDir) ? instance : undefined;
}

/** Starts a local AWS and waits until it responds. TaskError with the end of its log when it does not start. */
export async function startEmulator(options: StartOptions = {}): Promise<EmulatorInstance> {
  const { stateDir = EMULATOR_STATE, clockFactor = DEFAULT_CLOCK_FACTOR, faults, ...others } = options;
  mkdirSync(stateDir, { recursive: true });
  const log = openSync(emulatorLog(stateDir), 'a');
  const args = ['-m', 'emulator', '--state-dir', stateDir, '--clock-factor', String(clockFactor)];
  for (const [name, value] of Object.entries(others))
    if (value !== undefined) args.push(`--${name}`, String(value));
  if (faults) args.push('--faults');
  const child = spawn(PYTHON, args, {
    cwd: ROOT,
    // In a separate session, Ctrl-C in the terminal does not end it before its last save.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  let failure: string | undefined;
  child.on('error', (error) => (failure = error.message));
  child.on('exit', (code, signal) => (failure = `it ended (${signal ?? `exit code ${String(code)}`})`));
  const deadline = Date.now() + START_MS;
  while (failure === undefined && Date.now() < deadline) {
    const instance = runningEmulator(stateDir);
    if (instance !== undefined) return instance;
    await sleep(POLL_MS);
  }
  if (failure === undefined) child.kill('SIGKILL');
  const reason = failure ?? `no response within ${START_MS / 1000} s`;
  throw new TaskError(
    `The local AWS did not start: ${reason}. The end of ${emulatorLog(stateDir)}:\n${logTail(stateDir)}`,
  );
}

/** Stops the local AWS of the state directory and waits for its end; false when it did not run. Its data is kept. */
export async function stopEmulator(stateDir = EMULATOR_STATE): Promise<boolean> {
  const instance = runningEmulator(stateDir);
  if (instance === undefined) return false;
  process.kill(instance.pid, 'SIGTERM');
  const deadline = Date.now() + STOP_MS;
  while (isAlive(instance.pid)) {
    if (Date.now() > deadline) {
      process.kill(instance.pid, 'SIGKILL');
      break;
    }
    await sleep(POLL_MS);
  }
  return true;
}

export function eraseEmulator(stateDir = EMULATOR_STATE): void {
  rmSync(stateDir, { recursive: true, force: true, maxRetries: 3 });
}

/** Whether the process is the local AWS of the state directory: after a crash its ID can belong to another program. */
function servesFrom(pid: number, stateDir: string): boolean {
  if (!isAlive(pid)) return false;
  const command = commandLine(pid);
  return command.includes('emulator') && command.includes(stateDir);
}

function commandLine(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  if (existsSync(file)) return readFileSync(file, 'utf8').replaceAll('\0', ' ');
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
}

function logTail(stateDir: string): string {
  return readFileSync(emulatorLog(stateDir), 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
