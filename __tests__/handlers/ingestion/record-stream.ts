import type { RecordStream, RetryOptions } from '../../../handlers/ingestion/deliver';

/** Behaviour of one call: an error, or a function that returns the error code of a record. */
export type Behaviour = Error | ((text: string) => string | undefined);

/** A stream with a behaviour for each call (the last one is repeated) that stores the calls. */
export class ScriptedStream implements RecordStream {
  readonly calls: string[][] = [];
  readonly stored: string[] = [];

  constructor(private readonly behaviours: readonly Behaviour[] = [() => undefined]) {}

  put(records: readonly Uint8Array[]): Promise<readonly (string | undefined)[]> {
    const behaviour = this.behaviours[Math.min(this.calls.length, this.behaviours.length - 1)];
    const texts = records.map((record) => Buffer.from(record).toString());
    this.calls.push(texts);
    if (behaviour === undefined || behaviour instanceof Error)
      return Promise.reject(behaviour ?? new Error('no script'));
    const errors = texts.map(behaviour);
    this.stored.push(...texts.filter((_, position) => errors[position] === undefined));
    return Promise.resolve(errors);
  }
}

/** An error of the SDK, which has the fault as a property. */
export function sdkError(name: string, fault: 'client' | 'server'): Error {
  return Object.assign(new Error(`${name} happened`), { name, $fault: fault });
}

/** Options without real delays; `sleeps` contains the delays. */
export function retryOptions(
  changes: Partial<RetryOptions> = {},
): RetryOptions & { readonly sleeps: number[] } {
  const sleeps: number[] = [];
  return {
    maxAttempts: 4,
    baseDelayMs: 100,
    callTimeoutMs: 5_000,
    timeLeftMs: () => 30_000,
    sleep: (milliseconds) => {
      sleeps.push(milliseconds);
      return Promise.resolve();
    },
    random: () => 0.5,
    sleeps,
    ...changes,
  };
}
