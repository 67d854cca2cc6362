import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { types } from 'node:util';
import { ROOT } from './paths';
import { describeSeconds } from './elapsed';
import { atExit } from './exit-actions';
import { TaskError } from './errors';

/** How many last lines of a failed command's output are shown; the log has all of them. */
const TAIL_LINES = 30;

/** What still runs so long after an interrupt is killed, unless it asks for more. */
const GRACE_MS = 20_000;

/** A download or a compilation may print nothing for minutes; a command that is silent for longer is stuck. */
const MAX_SILENCE_MS = 30 * 60_000;

/** Of 19: a tenth of the processor where others want it too, so that nothing in the background stands still. */
const BACKGROUND_NICENESS = 10;

export interface CommandOptions {
  /** @default the checkout */
  readonly cwd?: string;
  /** @default this process's environment */
  readonly env?: NodeJS.ProcessEnv;
  /** Receives every line of standard output. */
  readonly onLine?: (line: string) => void;
  /** File that both outputs are appended to. */
  readonly log?: string;
  /** The command owns the terminal: it can ask questions and draws its own output. */
  readonly interactive?: boolean;
  /** Time that it has to end after an interrupt, before it is killed. @default 20,000 ms */
  readonly graceMs?: number;
  /** A command that prints nothing for so long is ended, unless it is interactive. @default 1,800,000 ms */
  readonly maxSilenceMs?: number;
  /** Leaves the processor to what is not in the background. */
  readonly background?: boolean;
}

export interface CommandResult {
  /** Undefined when a signal ended the command. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Present when the command was ended because it printed nothing for so many milliseconds. */
  readonly silentMs?: number;
}

/**
 * Runs a command to its end, whatever its exit code; it is ended with its descendants when this task ends first.
 * Rejects with TaskError when it cannot be started.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const interactive = options.interactive ?? false;
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: options.env ?? process.env,
    stdio: interactive ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that its descendants can be ended with it; a terminal's owner must stay in ours.
    detached: !interactive && process.platform !== 'win32',
  });
  if (options.background && child.pid !== undefined) lowerPriority(child.pid);
  const callOff = atExit(() => end(child, interactive, options.graceMs));
  const read = collect(child, options);
  const silence = interactive ? undefined : endWhenSilent(child, options);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      silence?.stop();
      callOff();
      reject(new TaskError(`${command} could not be started: ${error.message}`));
    });
    child.on('close', (code) => {
      silence?.stop();
      callOff();
      resolve({ exitCode: code ?? undefined, ...read(), ...silence?.result() });
    });
  });
}

/** Like runCommand, but rejects with TaskError, which ends with the last lines of output, unless the exit code is 0. */
export async function requireCommand(
  what: string,
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await runCommand(command, args, options);
  if (result.exitCode !== 0) throw new TaskError(describeFailure(what, result, options.log));
  return result;
}

/** What a failed command said last, with its exit code and its log. */
export function describeFailure(what: string, result: CommandResult, log?: string): string {
  const output = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
  const end =
    result.silentMs !== undefined
      ? `was ended because it printed nothing for ${describeSeconds(result.silentMs / 1_000)}: what it waits for ` +
        'does not answer (check the network, a VPN or proxy, and AWS_ENDPOINT_URL*)'
      : result.exitCode === undefined
        ? 'was ended by a signal'
        : `failed with exit code ${result.exitCode}`;
  const where = log === undefined ? '' : `; all of its output is in ${log}`;
  return [`${what} ${end}${where}`, ...output.slice(-TAIL_LINES)].join('\n');
}

function endWhenSilent(
  child: ChildProcess,
  { maxSilenceMs = MAX_SILENCE_MS, graceMs }: CommandOptions,
): { readonly stop: () => void; readonly result: () => Pick<CommandResult, 'silentMs'> } {
  let isSilent = false;
  const timer = setTimeout(() => {
    isSilent = true;
    void end(child, false, graceMs);
  }, maxSilenceMs);
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', () => timer.refresh());
  return {
    stop: () => {
      clearTimeout(timer);
    },
    result: () => (isSilent ? { silentMs: maxSilenceMs } : {}),
  };
}

/** What the process starts from now on inherits it. */
function lowerPriority(pid: number): void {
  const niceness = Math.max(getPriority(), BACKGROUND_NICENESS);
  try {
    setPriority(pid, niceness);
    // Linux weighs whole sessions against each other: https://man7.org/linux/man-pages/man7/sched.7.html, autogroup.
    const group = `/proc/${pid}/autogroup`;
    if (existsSync(group)) writeFileSync(group, String(niceness));
  } catch {
    // It has ended already, or the system does not let us: it then runs as any other.
  }
}

function collect(
  child: ChildProcess,
  { log, onLine }: CommandOptions,
): () => { stdout: string; stderr: string } {
  const kept = { stdout: '', stderr: '' };
  if (log !== undefined) mkdirSync(dirname(log), { recursive: true });
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      kept[name] += text;
      if (log !== undefined) appendFileSync(log, text);
    });
  }
  if (child.stdout && onLine) createInterface({ input: child.stdout }).on('line', onLine);
  return () => kept;
}

async function end(child: ChildProcess, interactive: boolean, graceMs = GRACE_MS): Promise<void> {
  const { pid, exitCode, signalCode } = child;
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  const target = interactive || process.platform === 'win32' ? pid : -pid;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.once('exit', () => {
    // A descendant that was just being started can miss the interrupt.
    if (!interactive) signal(target, 'SIGKILL');
  });
  // The terminal has sent the interrupt to the owner of the terminal already.
  if (!interactive) signal(target, 'SIGINT');
  const timer = setTimeout(() => {
    signal(target, 'SIGKILL');
  }, graceMs);
  await closed;
  clearTimeout(timer);
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    // It has ended in the meantime.
    if (!(types.isNativeError(error) && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
