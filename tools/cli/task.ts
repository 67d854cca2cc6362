import { parseArgs, type ParseArgsConfig } from 'node:util';
import { print, printError } from './output';
import { runExitActions } from './exit-actions';
import { describeError, errorMessage, TaskError } from './errors';

type Options = NonNullable<ParseArgsConfig['options']>;

export interface Task<O extends Options> {
  /** The name in package.json: `local:up`. */
  readonly name: string;
  readonly summary: string;
  /** Options of util.parseArgs; `help` is added. */
  readonly options: O;
  /** Descriptions of the options and positional arguments: `--stage NAME`, `[FILE]`. */
  readonly optionHelp: Readonly<Record<string, string>>;
  /** Resolves with the exit code. */
  readonly run: (arguments_: Arguments<O>) => Promise<number>;
  /** Whether positional arguments are allowed. @default false */
  readonly positionals?: boolean;
  /** Whether all arguments are passed to another program. @default false */
  readonly anyArguments?: boolean;
}

/** Values by option name, positional arguments, and all unparsed arguments. */
export interface Arguments<O extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: O; strict: true }>>['values'];
  readonly positionals: readonly string[];
  readonly given: readonly string[];
}

let called = 'This task';

/** The command of this process: `npm run exec -- covid`. */
export function calledAs(): string {
  return called;
}

export function helpOf<O extends Options>({ name, summary, optionHelp }: Task<O>): string {
  const rows = [...Object.entries(optionHelp), ['--help', 'show this help'] as const];
  const width = Math.max(...rows.map(([option]) => option.length));
  const lines = rows.map(([option, text]) => `  ${option.padEnd(width)}  ${text}`);
  return [usageOf(name, Object.keys(optionHelp)), '', summary, '', ...lines, ''].join('\n');
}

/** The usage line, with positional arguments before the options. */
function usageOf(name: string, arguments_: readonly string[]): string {
  // `…` stands for the options of the program that receives the arguments.
  const words = arguments_.filter((argument) => !/^[-…]/.test(argument));
  return words.length === 0
    ? `npm run ${name} [-- options]`
    : `npm run ${name} -- ${words.join(' ')} [options]`;
}

/** Parses `argv`; undefined with `--help`. TaskError for an invalid argument. */
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
    // An unset variable of the shell must not choose the default stage or no file.
    for (const [name, value] of Object.entries<unknown>(values))
      if (value === '')
        throw new TaskError(`Option '--${name}' is empty. Specify a value or omit the option.`);
    return { values, positionals, given: argv };
  } catch (error) {
    throw new TaskError(`${errorMessage(error)}\n\n${helpOf(task)}`);
  }
}

/** Runs a task with the arguments of the process and sets its exit code: 130 after Ctrl-C, 1 after a failure. */
export async function runTask<O extends Options>(task: Task<O>): Promise<void> {
  const isStopping = stopOnSignals();
  // package.json defines the supported versions of Node.js.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  let exitCode = 1;
  try {
    const given = process.argv.slice(2);
    called = [`npm run ${task.name}`, ...(given.length > 0 ? ['--', ...given] : [])].join(' ');
    const parsed = parseArguments(task, given);
    if (parsed === undefined) print(helpOf(task));
    exitCode = parsed === undefined ? 0 : await task.run(parsed);
  } catch (error) {
    // A failure after an interrupt is a consequence of it.
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
    printError('\nStopping …\n');
    void runExitActions().then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return () => stopping;
}
