import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const MAX_OUTPUT = 64 * 1024 * 1024;

/** How a task ended. */
export interface TaskEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the checkout to its end; a program that fails is a result, not an error. */
export function runProgram(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<TaskEnd> {
  return new Promise((resolve, reject) => {
    execFile(file, [...args], { cwd: ROOT, env, maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
      else reject(new Error(`${file} ${args.join(' ')}: ${error.message}`));
    });
  });
}

/** Runs `scripts/<name>.ts`, as `npm run` does once everything is installed. */
export function runTask(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<TaskEnd> {
  return runProgram(process.execPath, ['--import', 'tsx', `scripts/${name}.ts`, ...args], env);
}

/** Runs a task as {@link runTask} does; an Error with its standard error when it fails. */
export async function requireTask(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<TaskEnd> {
  const end = await runTask(name, args, env);
  if (end.exitCode !== 0) throw new Error(`${name} ended with ${end.exitCode}: ${end.stderr}`);
  return end;
}

/** Starts the task and presses Ctrl-C as soon as its progress on standard error has `sign`. */
export async function interruptTask(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  sign: RegExp,
): Promise<{ readonly exitCode: number | null; readonly said: string }> {
  const program = ['--import', 'tsx', `scripts/${name}.ts`, ...args];
  const child = spawn(process.execPath, program, { cwd: ROOT, env });
  let said = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => {
    const before = said;
    said += chunk.toString();
    if (!sign.test(before) && sign.test(said)) child.kill('SIGINT');
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, said };
}

/** The variables that `local:env` prints, as an environment. */
export function readExports(lines: string): NodeJS.ProcessEnv {
  const entries = lines
    .split('\n')
    .map((line) => /^export (\w+)='(.*)'$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name = '', value = '']) => [name, value] as const);
  return Object.fromEntries(entries);
}
