import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { EMULATOR_STATE, PYTHON, ROOT } from '../cli/paths';
import { TaskError } from '../cli/errors';
import { isAlive } from '../setup/stamps.cjs';

/** A cold first import of MiniStack and pyarrow on a slow disk takes this long at the very most. */
const START_MS = 60_000;
/** Saving its state and ending Spark jobs takes it a few seconds. */
const STOP_MS = 20_000;
const POLL_MS = 50;
const LOG_TAIL_LINES = 15;

/** Waits (provisioning, Wait states, buffering): a minute of AWS lasts a second. The work lasts as long as it does. */
const DEFAULT_CLOCK_FACTOR = 60;

/** Help of the option that several tasks have. */
export const CLOCK_FACTOR_HELP = `waits last 1/N of AWS's (default ${DEFAULT_CLOCK_FACTOR}; 1 is as slow as AWS)`;

/** Reads `--clock-factor`. TaskError when it is not a number from 1 on. */
export function parseClockFactor(text: string | undefined): number {
  if (text === undefined) return DEFAULT_CLOCK_FACTOR;
  const factor = Number(text);
  if (text.trim() !== '' && Number.isFinite(factor) && factor >= 1) return factor;
  throw new TaskError(`--clock-factor ${text}: give a number from 1 on, such as ${DEFAULT_CLOCK_FACTOR}.`);
}

const instanceSchema = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().positive(),
  endpoint: z.url(),
  startedAt: z.union([z.string(), z.number()]),
});

/** A running emulator, as it describes itself in instance.json. */
export type EmulatorInstance = z.infer<typeof instanceSchema>;

export interface StartOptions {
  /** @default .local/emulator */
  readonly stateDir?: string;
  /** @default 60 */
  readonly clockFactor?: number;
  /** The emulator ends with this process. @default it runs until it is stopped */
  readonly parent?: number | undefined;
  /** File to which the emulator writes what IAM decides about roles. @default none */
  readonly decisions?: string;
  /** It takes orders for faults: emulator/faults.py. @default false */
  readonly faults?: boolean | undefined;
  /** Milliseconds after which each request arrives, as over a network. @default 0 */
  readonly latency?: number;
  /** @default a free one */
  readonly port?: number;
}

function emulatorLog(stateDir = EMULATOR_STATE): string {
  return join(stateDir, 'emulator.log');
}

/** The emulator of this state directory; undefined when none runs. */
export function runningEmulator(stateDir = EMULATOR_STATE): EmulatorInstance | undefined {
  const file = join(stateDir, 'instance.json');
  if (!existsSync(file)) return undefined;
  const instance = instanceSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return isOurs(instance.pid, stateDir) ? instance : undefined;
}

/** Starts an emulator and resolves when it answers. TaskError with the end of its log when it does not start. */
export async function startEmulator(options: StartOptions = {}): Promise<EmulatorInstance> {
  const {
    stateDir = EMULATOR_STATE,
    clockFactor = DEFAULT_CLOCK_FACTOR,
    parent,
    decisions,
    faults,
    latency = 0,
    port = 0,
  } = options;
  mkdirSync(stateDir, { recursive: true });
  const log = openSync(emulatorLog(stateDir), 'a');
  const args = ['-m', 'emulator', '--state-dir', stateDir, '--clock-factor', String(clockFactor)];
  if (latency > 0) args.push('--latency', String(latency));
  if (port > 0) args.push('--port', String(port));
  if (parent !== undefined) args.push('--parent', String(parent));
  if (decisions !== undefined) args.push('--decisions', decisions);
  if (faults) args.push('--faults');
  const child = spawn(PYTHON, args, {
    cwd: ROOT,
    // Its own session: Ctrl-C in the terminal ends it through us, after its last save, or not at all.
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
  const reason = failure ?? `no answer in ${START_MS / 1000} s`;
  throw new TaskError(
    `The local AWS did not start: ${reason}. The end of ${emulatorLog(stateDir)}:\n${logTail(stateDir)}`,
  );
}

/** Stops the emulator of this state directory and waits for its end; false when none ran. Its state stays. */
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

/** Removes all that the local AWS has stored. Stop it first. */
export function eraseEmulator(stateDir = EMULATOR_STATE): void {
  rmSync(stateDir, { recursive: true, force: true, maxRetries: 3 });
}

/** True when the process is the emulator of this state directory: after a crash its id may belong to another program. */
function isOurs(pid: number, stateDir: string): boolean {
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
