// Child processes of bootstrap: output to a log file, a line now and then on the terminal, ended with their parent.
import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';

const REPORT_MS = 15_000;
const TAIL_LINES = 25;

/** A failure whose message is written for the user; a stack trace would add nothing. */
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
 * Runs a command with its output in `log`; `report` gets a line every 15 s while it runs.
 * Rejects with InstallationError that ends with the last lines of output when it fails.
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
      () => report(`${what} still running (${Math.round((Date.now() - started) / 1000)} s)`),
      REPORT_MS,
    );
    const finish = (problem) => {
      clearInterval(timer);
      running.delete(child);
      if (problem === undefined) return resolve();
      const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES);
      const message = `${what} ${problem}; all of its output is in ${log}`;
      return reject(new InstallationError([message, ...tail].join('\n')));
    };
    child.on('error', (error) => finish(`could not be started: ${error.message}`));
    child.on('close', (code, signal) =>
      finish(code === 0 ? undefined : `failed (${signal === null ? `exit code ${code}` : signal})`),
    );
  });
}
