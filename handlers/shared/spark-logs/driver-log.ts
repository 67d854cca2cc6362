import { addAbortSignal, Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import type { JobRun } from '@aws-sdk/client-emr-serverless';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { describeError } from '../describe-error';
import { type S3Location, toUri } from './log-locations';

/** The end of a log. */
export interface LogTail {
  /** Whole lines, oldest first, from the last {@link TAIL_BYTES} of what was read. */
  readonly lines: readonly string[];
  /** Why the log was not read to its end; `null` when it was. */
  readonly note: string | null;
}

/** How much of the end is kept: far more than a stack trace, and little for the smallest Lambda. */
const TAIL_BYTES = 1_024 * 1_024;
/** Where reading stops, seconds of work for a small Lambda: gzip can only be read from the front. */
const MAX_LOG_BYTES = 256 * 1_024 * 1_024;

/**
 * Reads the end of a gzip stream in constant memory. Never throws for what the stream holds: a log that is cut off,
 * corrupt or not gzip gives what could be read, and a note.
 *
 * @param signal ends the reading early.
 * @param maxBytes unpacked bytes to read at most.
 */
export async function readTail(
  packed: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  maxBytes = MAX_LOG_BYTES,
): Promise<LogTail> {
  const source = Readable.from(packed);
  // A log whose upload was cut off ends without gzip's trailer: what is there counts.
  const unpacked = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  addAbortSignal(signal, unpacked);
  source.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
  const tail = new Tail();
  let note: string | null = null;
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) {
      tail.push(chunk);
      if (tail.bytesSeen >= maxBytes) {
        note = `The log is longer than ${maxBytes} bytes unpacked: these lines are not its end.`;
        break;
      }
    }
  } catch (error) {
    note = signal.aborted
      ? `Reading the log took too long: these lines are not its end, but after ${tail.bytesSeen} bytes.`
      : `The log cannot be unpacked beyond ${tail.bytesSeen} bytes: ${describeError(error)}.`;
  } finally {
    source.destroy();
    unpacked.destroy();
  }
  return { lines: tail.lines(), note };
}

/** Keeps the last {@link TAIL_BYTES} of a stream, give or take a chunk. */
class Tail {
  bytesSeen = 0;
  private kept: Uint8Array[] = [];
  private keptBytes = 0;

  push(chunk: Uint8Array): void {
    this.bytesSeen += chunk.byteLength;
    this.keptBytes += chunk.byteLength;
    this.kept.push(chunk);
    for (let first = this.kept[0]; first !== undefined; first = this.kept[0]) {
      if (this.keptBytes - first.byteLength < TAIL_BYTES) break;
      this.keptBytes -= first.byteLength;
      this.kept.shift();
    }
  }

  lines(): string[] {
    const lines = Buffer.concat(this.kept).toString('utf8').split(/\r?\n/);
    // The first line was cut in two when something before it was dropped.
    return (this.keptBytes < this.bytesSeen ? lines.slice(1) : lines).filter((line) => line.trim() !== '');
  }
}

/** The end of the driver's stderr, as far as it is in S3. */
export interface DriverLog extends LogTail {
  /** Whether lines may yet come: EMR Serverless writes log files every so often, also after the end of the job run. */
  readonly pending: boolean;
}

const MISSING = 'there is no such object. The driver never started, or its log has not arrived yet.';

/** What shows whether a log is complete. */
type Span = Partial<Pick<JobRun, 'startedAt' | 'endedAt'>>;

/**
 * The end of the driver's stderr in S3. A log that is missing or cannot be read is not an error, since the state of the job
 * run matters more than its log: the note says what happened.
 *
 * @param folder the SPARK_DRIVER folder; `undefined` when the job run keeps no logs in S3.
 * @param signal ends the reading early, with what has been read by then.
 * @param span when the job run began and ended: a log written before the end may lack the last lines, and a run that
 *   has not begun has no log.
 */
export async function fetchDriverLog(
  client: S3Client,
  folder: S3Location | undefined,
  signal: AbortSignal,
  span: Span = {},
): Promise<DriverLog> {
  if (folder === undefined) return { lines: [], note: 'The job run keeps no logs in S3.', pending: false };
  const object = { bucket: folder.bucket, key: `${folder.key}stderr.gz` };
  try {
    const { Body: body, LastModified: writtenAt } = await client.send(
      new GetObjectCommand({ Bucket: object.bucket, Key: object.key }),
    );
    const pending = isBefore(writtenAt, span.endedAt);
    if (!(body instanceof Readable)) return { lines: [], note: `${toUri(object)} is empty.`, pending };
    return { ...(await readTail(body, signal)), pending };
  } catch (error) {
    // S3 answers 403 instead of 404 to a role that may not list the bucket.
    const isMissing = error instanceof Error && error.name === 'NoSuchKey';
    const reason = isMissing ? MISSING : describeError(error);
    const note = `${toUri(object)} cannot be read: ${reason}`;
    return { lines: [], note, pending: isMissing && span.startedAt !== undefined };
  }
}

/** S3 gives whole seconds, rounded down: a log of the last second counts as earlier, and is looked at once more. */
function isBefore(writtenAt: Date | undefined, end: Date | undefined): boolean {
  return writtenAt !== undefined && end !== undefined && writtenAt.getTime() < end.getTime();
}
