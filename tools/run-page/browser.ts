import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { errorMessage, TaskError } from '../cli/errors';

/** A command that has not failed by then is the browser itself, which runs until its window is closed. */
const FAILS_WITHIN_MS = 3_000;

const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens a file in the user's browser, which outlives this task. Rejects with TaskError when the system could not. */
export async function openInBrowser(file: string, env = process.env): Promise<void> {
  const url = pathToFileURL(file).href;
  const [command, ...args] = COMMANDS[process.platform] ?? ['xdg-open'];
  // Neither our outputs, which a browser would keep open, nor our process group, which Ctrl-C ends.
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true, env });
  const problem = await Promise.race([
    once(child, 'exit').then(([code]) =>
      code === 0 ? undefined : `${command} ended with exit code ${String(code)}`,
    ),
    sleep(FAILS_WITHIN_MS, undefined, { ref: false }),
  ]).catch((error: unknown) =>
    isMissing(error) ? `this system has no command ${command}` : errorMessage(error),
  );
  child.unref();
  if (problem !== undefined)
    throw new TaskError(`No browser was opened: ${problem}. Open it by hand: ${url}`);
}

function isMissing(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === 'ENOENT';
}
