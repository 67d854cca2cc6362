import { describeError } from '../shared/describe-error';
import { type ClickRecord, toBatches } from './pack-records';

export interface RecordStream {
  /**
   * One call of PutRecordBatch, without retries.
   *
   * @returns one entry for each record: `undefined` for a stored record, otherwise the error code
   * @throws the error of the SDK when the call failed
   */
  put(records: readonly Uint8Array[]): Promise<readonly (string | undefined)[]>;
}

/** Limits of retries, and functions that tests replace. */
export interface RetryOptions {
  /** Calls for one batch, including the first. */
  readonly maxAttempts: number;
  /** Maximum of the first random delay in milliseconds; it doubles with each attempt. */
  readonly baseDelayMs: number;
  /** Maximum time of one call, milliseconds. */
  readonly callTimeoutMs: number;
  /** Milliseconds until the timeout of the invocation. */
  readonly timeLeftMs: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

export interface Delivery {
  /** Records without a confirmation that they are stored. */
  readonly undelivered: readonly ClickRecord[];
  readonly calls: number;
  /** Calls after the first for each batch. */
  readonly retries: number;
  /** The last error; set when a record is undelivered. */
  readonly lastError: string | undefined;
  /** Whether the caller can retry later. */
  readonly retryable: boolean;
}

interface Attempt {
  readonly failed: readonly ClickRecord[];
  readonly error: string | undefined;
  readonly retryable: boolean;
}

/** Transient errors with an HTTP status of a client error. */
const THROTTLING = /throttl|TooManyRequests|RequestLimitExceeded|ThroughputExceeded|RequestTimeout/i;

/**
 * Sends records in batches, and retries failed records with exponential backoff and full jitter. Delivery is at least once: a call
 * whose response is lost is repeated. The first batch that cannot be stored ends the delivery.
 */
export async function deliver(
  records: readonly ClickRecord[],
  stream: RecordStream,
  options: RetryOptions,
): Promise<Delivery> {
  const batches = toBatches(records);
  let calls = 0;
  let retries = 0;
  for (const [position, batch] of batches.entries()) {
    const result = await deliverBatch(batch, stream, options);
    calls += result.calls;
    retries += result.calls - 1;
    if (result.failed.length > 0) {
      const undelivered = [...result.failed, ...batches.slice(position + 1).flat()];
      return { undelivered, calls, retries, lastError: result.error, retryable: result.retryable };
    }
  }
  return { undelivered: [], calls, retries, lastError: undefined, retryable: true };
}

async function deliverBatch(
  batch: readonly ClickRecord[],
  stream: RecordStream,
  { maxAttempts, baseDelayMs, callTimeoutMs, timeLeftMs, sleep, random }: RetryOptions,
): Promise<Attempt & { readonly calls: number }> {
  let attempt = await put(batch, stream);
  for (let calls = 1; ; calls += 1) {
    const delayMs = random() * baseDelayMs * 2 ** (calls - 1);
    const isOver = attempt.failed.length === 0 || !attempt.retryable || calls >= maxAttempts;
    if (isOver || timeLeftMs() < delayMs + callTimeoutMs) return { ...attempt, calls };
    await sleep(delayMs);
    attempt = await put(attempt.failed, stream);
  }
}

async function put(records: readonly ClickRecord[], stream: RecordStream): Promise<Attempt> {
  try {
    const errors = await stream.put(records.map((record) => record.data));
    const failed = records.filter((_, position) => errors[position] !== undefined);
    return { failed, error: errors.find((error) => error !== undefined), retryable: true };
  } catch (error) {
    return { failed: records, error: describeError(error), retryable: isRetryable(error) };
  }
}

/** All errors are retryable except client errors such as a missing permission, an unknown stream or an invalid parameter. */
function isRetryable(error: unknown): boolean {
  const isClientFault = error instanceof Error && '$fault' in error && error.$fault === 'client';
  return !isClientFault || THROTTLING.test(error.name);
}
