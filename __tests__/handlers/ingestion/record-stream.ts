import type { RecordStream, RetryOptions } from '../../../handlers/ingestion/deliver';

/** What one call does: fails as a whole, or gives an error code for the records for which the function returns one. */
export type Behaviour = Error | ((text: string) => string | undefined);

/** A stream that follows a script, call by call (the last entry is repeated), and records what it was sent. */
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

/** The SDK's error shape: a fault is a property, not a class. */
export function sdkError(name: string, fault: 'client' | 'server'): Error {
  return Object.assign(new Error(`${name} happened`), { name, $fault: fault });
}

/** Retries without waiting; `sleeps` collects what would have been waited. */
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
