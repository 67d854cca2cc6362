import { describeError } from '../shared/describe-error';
import { type ClickRecord, toBatches } from './pack-records';

/** Where records go: Firehose in the Lambda, a stand-in in tests. */
export interface RecordStream {
  /**
   * One call of PutRecordBatch, without retries.
   *
   * @returns one entry a record, in order: `undefined` when it is stored, otherwise the stream's error code.
   * @throws the SDK's error when the call as a whole failed.
   */
  put(records: readonly Uint8Array[]): Promise<readonly (string | undefined)[]>;
}

/** How long to continue, and the sources of time and chance, which tests replace. */
export interface RetryOptions {
  /** Calls for one batch, the first included. */
  readonly maxAttempts: number;
  /** A delay is drawn from 0 to this many milliseconds, doubled after each attempt. */
  readonly baseDelayMs: number;
  /** Maximum time of one call, milliseconds. */
  readonly callTimeoutMs: number;
  /** Milliseconds until the invocation is cut off, which would leave the caller without an answer. */
  readonly timeLeftMs: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

/** What became of the records. */
export interface Delivery {
  /** Not stored, or not known to be stored. */
  readonly undelivered: readonly ClickRecord[];
  readonly calls: number;
  /** Calls after the first for each batch. */
  readonly retries: number;
  /** The last error met; set whenever a record is undelivered. */
  readonly lastError: string | undefined;
  /** Whether the caller has any chance by sending the same again later. */
  readonly retryable: boolean;
}

interface Attempt {
  readonly failed: readonly ClickRecord[];
  readonly error: string | undefined;
  readonly retryable: boolean;
}

/** Errors that are the client's by HTTP status, and yet pass by waiting. */
const THROTTLING = /throttl|TooManyRequests|RequestLimitExceeded|ThroughputExceeded|RequestTimeout/i;

/**
 * Sends records batch by batch and sends again only what failed, with exponential back-off and full jitter.
 * Delivery is at least once: a call that broke off after Firehose had stored its records is repeated. The first batch
 * that cannot be stored ends the delivery, since the next would meet the same stream.
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

/** Everything but a refusal that waiting cannot change: no permission, no such stream, a bad parameter. */
function isRetryable(error: unknown): boolean {
  const isClientFault = error instanceof Error && '$fault' in error && error.$fault === 'client';
  return !isClientFault || THROTTLING.test(error.name);
}
