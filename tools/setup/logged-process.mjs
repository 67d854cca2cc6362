// Child processes of bootstrap: output to a log file, a sign of life on the terminal, ended with their parent.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';

const SIGN_OF_LIFE_MS = 15_000;
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
 * Runs a command with its output in `log`; `say` hears every 15 s that it still runs.
 * Rejects with InstallationError that ends with the last lines of output when it fails.
 */
export function runLogged({ what, command, args, cwd, log, say }) {
  mkdirSync(dirname(log), { recursive: true });
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const output = [];
    const file = createWriteStream(log, { flags: 'a' });
    file.write(`$ ${[command, ...args].join(' ')}\n`);
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: /\.(cmd|bat)$/i.test(command),
    });
    running.add(child);
    const beat = setInterval(
      () => say(`${what} still running (${Math.round((Date.now() - started) / 1000)} s)`),
      SIGN_OF_LIFE_MS,
    );
    const keep = (data) => {
      file.write(data);
      output.push(...String(data).split('\n').filter(Boolean));
      output.splice(0, output.length - TAIL_LINES);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const finish = (problem) => {
      clearInterval(beat);
      running.delete(child);
      file.end();
      if (problem === undefined) resolve();
      else
        reject(
          new InstallationError([`${what} ${problem}; all of its output is in ${log}`, ...output].join('\n')),
        );
    };
    child.on('error', (error) => finish(`could not be started: ${error.message}`));
    child.on('close', (code, signal) => {
      if (code === 0) finish();
      else finish(`failed (${signal === null ? `exit code ${code}` : signal})`);
    });
  });
}
