import { parseArgs, type ParseArgsConfig } from 'node:util';
import { print, printError } from './output';
import { runExitActions } from './exit-actions';
import { describeError, errorMessage, TaskError } from './errors';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What a task of package.json takes and does. */
export interface Task<O extends Options> {
  /** As in package.json: `local:up`. */
  readonly name: string;
  /** What it does, in one or a few sentences. */
  readonly summary: string;
  /** As for util.parseArgs; `help` is added. */
  readonly options: O;
  /** One line per option, its name (with value), and per word that belongs to none, `[FILE]`: what it does. */
  readonly optionHelp: Readonly<Record<string, string>>;
  /** Called with the parsed arguments; its number is the exit code. @default only options */
  readonly run: (arguments_: Arguments<O>) => Promise<number>;
  /** Whether words may be given that belong to no option. @default false */
  readonly positionals?: boolean;
  /** Anything may be given, for another program to check. @default false */
  readonly anyArguments?: boolean;
}

/** Values by option name, the words that belong to none, and all arguments as they were given. */
export interface Arguments<O extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: O; strict: true }>>['values'];
  readonly positionals: readonly string[];
  readonly given: readonly string[];
}

let called = 'This task';

/** The task of this process as it was called: `npm run exec -- covid`. */
export function calledAs(): string {
  return called;
}

/** Text of `--help`. */
export function helpOf<O extends Options>({ name, summary, optionHelp }: Task<O>): string {
  const rows = [...Object.entries(optionHelp), ['--help', 'show this'] as const];
  const width = Math.max(...rows.map(([option]) => option.length));
  const lines = rows.map(([option, text]) => `  ${option.padEnd(width)}  ${text}`);
  return [usageOf(name, Object.keys(optionHelp)), '', summary, '', ...lines, ''].join('\n');
}

/** How the task is called: the words that it takes are named, in their order, before the options. */
function usageOf(name: string, arguments_: readonly string[]): string {
  // The line `…` of a task stands for all options of the program that it hands them to.
  const words = arguments_.filter((argument) => !/^[-…]/.test(argument));
  return words.length === 0
    ? `npm run ${name} [-- options]`
    : `npm run ${name} -- ${words.join(' ')} [options]`;
}

/** Parses `argv`; undefined when help was asked for. Throws TaskError, naming the argument, when one is unknown. */
export function parseArguments<O extends Options>(
  task: Task<O>,
  argv: readonly string[],
): Arguments<O> | undefined {
  if (argv.includes('--help') || argv.includes('-h')) return undefined;
  try {
    const args = task.anyArguments ? [] : [...argv];
    const allowPositionals = task.positionals ?? false;
    const { values, positionals } = parseArgs({
      args,
      options: task.options,
      strict: true,
      allowPositionals,
    });
    // A shell's variable that is not set would else choose the default stage, or no file.
    for (const [name, value] of Object.entries<unknown>(values))
      if (value === '') throw new TaskError(`Option '--${name}' is empty: give a value, or leave it out.`);
    return { values, positionals, given: argv };
  } catch (error) {
    throw new TaskError(`${errorMessage(error)}\n\n${helpOf(task)}`);
  }
}

/** Runs a task with this process's arguments and ends the process: 130 after Ctrl-C, 1 after a failure. */
export async function runTask<O extends Options>(task: Task<O>): Promise<void> {
  const isStopping = stopOnSignals();
  // The SDK announces years ahead which Node.js it will drop; package.json has those that the project supports.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  let exitCode = 1;
  try {
    const given = process.argv.slice(2);
    called = [`npm run ${task.name}`, ...(given.length > 0 ? ['--', ...given] : [])].join(' ');
    const parsed = parseArguments(task, given);
    if (parsed === undefined) print(helpOf(task));
    exitCode = parsed === undefined ? 0 : await task.run(parsed);
  } catch (error) {
    // A failure after an interrupt is a result of it.
    if (isStopping()) return;
    printError(`\n${task.name}: ${describeError(error)}\n`);
  }
  await runExitActions();
  process.exitCode = exitCode;
}

/** Returns whether a signal has arrived. */
function stopOnSignals(): () => boolean {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    printError('\nStopping what this task started …\n');
    void runExitActions().then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return () => stopping;
}
