import { DEFAULT_CLOCK_FACTOR } from './emulator-process';
import { TaskError } from '../cli/errors';

/** Help of the option that several tasks have. */
export const CLOCK_FACTOR_HELP = `waits last 1/N of AWS's (default ${DEFAULT_CLOCK_FACTOR}; 1 is as slow as AWS)`;

/** Reads `--clock-factor`. TaskError when it is not a number from 1 on. */
export function parseClockFactor(text: string | undefined): number {
  if (text === undefined) return DEFAULT_CLOCK_FACTOR;
  const factor = Number(text);
  if (text.trim() !== '' && Number.isFinite(factor) && factor >= 1) return factor;
  throw new TaskError(`--clock-factor ${text}: give a number from 1 on, such as ${DEFAULT_CLOCK_FACTOR}.`);
}
