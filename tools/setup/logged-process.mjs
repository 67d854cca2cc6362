// Child processes of bootstrap: they write to a log file and end with their parent.
import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';

const REPORT_MS = 15_000;
const TAIL_LINES = 25;

/** A failure that is reported without a stack trace. */
export class InstallationError extends Error {
  expected = true;
}

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

/**
 * Runs a command with its output in `log`; `report` receives a line every 15 s.
 * Rejects with InstallationError with the last lines of output when the command fails.
 */
export function runLogged({ what, command, args, cwd, log, report }) {
  mkdirSync(dirname(log), { recursive: true });
  appendFileSync(log, `$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const file = openSync(log, 'a');
    const shell = /\.(cmd|bat)$/i.test(command);
    const child = spawn(command, args, { cwd, stdio: ['ignore', file, file], shell });
    closeSync(file);
    running.add(child);
    const timer = setInterval(
      () => report(`${what} is running (${Math.round((Date.now() - started) / 1000)} s)`),
      REPORT_MS,
    );
    const finish = (problem) => {
      clearInterval(timer);
      running.delete(child);
      if (problem === undefined) return resolve();
      const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES);
      const message = `${what} ${problem}; the full output is in ${log}`;
      return reject(new InstallationError([message, ...tail].join('\n')));
    };
    child.on('error', (error) => finish(`could not be started: ${error.message}`));
    child.on('close', (code, signal) =>
      finish(code === 0 ? undefined : `failed (${signal === null ? `exit code ${code}` : signal})`),
    );
  });
}
