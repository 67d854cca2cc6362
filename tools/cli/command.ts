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

const TAIL_LINES = 30;

/** Default time between interrupt and kill. */
const GRACE_MS = 20_000;

/** Downloads and compilations can print nothing for minutes. */
const MAX_SILENCE_MS = 30 * 60_000;

/** At this niceness a process gets about a tenth of a busy processor. */
const BACKGROUND_NICENESS = 10;

export interface CommandOptions {
  /** @default the checkout */
  readonly cwd?: string;
  /** @default this process's environment */
  readonly env?: NodeJS.ProcessEnv;
  readonly onLine?: (line: string) => void;
  /** File to which both outputs are appended. */
  readonly log?: string;
  /** The command uses the terminal of the task. @default false */
  readonly interactive?: boolean;
  /** Time between interrupt and kill. @default 20,000 ms */
  readonly graceMs?: number;
  /** A command without output for this time is ended, unless it is interactive. @default 1,800,000 ms */
  readonly maxSilenceMs?: number;
  readonly background?: boolean;
}

export interface CommandResult {
  /** Undefined when a signal ended the command. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Present when the command was ended after this time without output. */
  readonly silentMs?: number;
}

/**
 * Runs a command and resolves for any exit code. When the task ends first, it ends the command with its descendants.
 * TaskError when the command cannot be started.
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
    // In a separate process group, descendants can be ended too; an interactive command must stay in the group of the terminal.
    detached: !interactive && process.platform !== 'win32',
  });
  if (options.background && child.pid !== undefined) lowerPriority(child.pid);
  const cancelEnd = atExit(() => end(child, interactive, options.graceMs));
  const read = collect(child, options);
  const silence = interactive ? undefined : endWhenSilent(child, options);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      silence?.stop();
      cancelEnd();
      reject(new TaskError(`${command} could not be started: ${error.message}`));
    });
    child.on('close', (code) => {
      silence?.stop();
      cancelEnd();
      resolve({ exitCode: code ?? undefined, ...read(), ...silence?.result() });
    });
  });
}

/** Like runCommand. TaskError with the last lines of output when the exit code is not 0. */
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

/** The exit code, the log and the last lines of output of a failed command. */
export function describeFailure(what: string, result: CommandResult, log?: string): string {
  const output = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
  const end =
    result.silentMs !== undefined
      ? `was ended because it printed nothing for ${describeSeconds(result.silentMs / 1_000)}; ` +
        'check the network, a VPN or proxy, and AWS_ENDPOINT_URL*'
      : result.exitCode === undefined
        ? 'was ended by a signal'
        : `failed with exit code ${result.exitCode}`;
  const where = log === undefined ? '' : `; the full output is in ${log}`;
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

/** Child processes inherit the priority. */
function lowerPriority(pid: number): void {
  const niceness = Math.max(getPriority(), BACKGROUND_NICENESS);
  try {
    setPriority(pid, niceness);
    // Linux schedules sessions as groups: https://man7.org/linux/man-pages/man7/sched.7.html, autogroup.
    const group = `/proc/${pid}/autogroup`;
    if (existsSync(group)) writeFileSync(group, String(niceness));
  } catch {
    // The process has ended, or the system denies the change: the priority stays.
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
    // A descendant that is just starting can miss the interrupt.
    if (!interactive) signal(target, 'SIGKILL');
  });
  // The terminal sends the interrupt to an interactive command.
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
    // The process has ended.
    if (!(types.isNativeError(error) && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
