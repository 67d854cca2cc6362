import { cpSync } from 'node:fs';
import { eraseEmulator, startEmulator, stopEmulator } from '../../local-aws/emulator-process';

/** Restarts a local AWS with a copy of another state. Arguments: `FROM STATE_DIR PORT LATENCY PARENT`. */
async function restore(
  from: string,
  stateDir: string,
  [port, latency, parent]: readonly number[],
): Promise<void> {
  await stopEmulator(stateDir);
  eraseEmulator(stateDir);
  cpSync(from, stateDir, { recursive: true });
  await startEmulator({ stateDir, ...(port && { port }), ...(latency && { latency }), parent });
}

const [from = '', stateDir = '', ...numbers] = process.argv.slice(2);
void restore(from, stateDir, numbers.map(Number));
