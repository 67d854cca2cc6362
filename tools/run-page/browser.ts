import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { errorMessage, TaskError } from '../cli/errors';

/** A command that runs longer is the browser itself. */
const FAILS_WITHIN_MS = 3_000;

const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens a file in the browser, which continues after the task. TaskError when this fails. */
export async function openInBrowser(file: string, env = process.env): Promise<void> {
  const url = pathToFileURL(file).href;
  const [command, ...args] = COMMANDS[process.platform] ?? ['xdg-open'];
  // The browser must not keep the outputs open, and must not receive Ctrl-C.
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true, env });
  const problem = await Promise.race([
    once(child, 'exit').then(([code]) =>
      code === 0 ? undefined : `${command} failed with exit code ${String(code)}`,
    ),
    sleep(FAILS_WITHIN_MS, undefined, { ref: false }),
  ]).catch((error: unknown) =>
    types.isNativeError(error) && 'code' in error && error.code === 'ENOENT'
      ? `the command ${command} was not found`
      : errorMessage(error),
  );
  child.unref();
  if (problem !== undefined)
    throw new TaskError(`The browser could not be opened: ${problem}. Open the page manually: ${url}`);
}
