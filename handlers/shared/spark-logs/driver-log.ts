import { addAbortSignal, Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import type { JobRun } from '@aws-sdk/client-emr-serverless';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { describeError } from '../describe-error';
import { type S3Location, toUri } from './log-locations';

export interface LogTail {
  /** Whole lines, oldest first, from the last {@link TAIL_BYTES} of the log. */
  readonly lines: readonly string[];
  /** Reason why the log could not be read to its end. */
  readonly note: string | null;
}

/** Size of the returned end: larger than a stack trace, and small for the memory of a Lambda. */
const TAIL_BYTES = 1_024 * 1_024;
/** Limit of the uncompressed size, which takes seconds in a small Lambda: gzip has no random access. */
const MAX_LOG_BYTES = 256 * 1_024 * 1_024;

/**
 * Reads the end of a gzip stream in constant memory. An incomplete or corrupt stream is not an error: the result contains the
 * readable part and a note.
 *
 * @param signal aborts reading
 * @param maxBytes maximum uncompressed bytes to read
 */
export async function readTail(
  packed: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  maxBytes = MAX_LOG_BYTES,
): Promise<LogTail> {
  const source = Readable.from(packed);
  // The log of an interrupted upload has no gzip trailer.
  const unpacked = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  addAbortSignal(signal, unpacked);
  source.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
  const tail = new Tail();
  let note: string | null = null;
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) {
      tail.push(chunk);
      if (tail.bytesSeen >= maxBytes) {
        note = `The log exceeds ${maxBytes} bytes uncompressed; these lines are not its end.`;
        break;
      }
    }
  } catch (error) {
    note = signal.aborted
      ? `Reading the log timed out; these lines are not its end, but after ${tail.bytesSeen} bytes.`
      : `The log cannot be decompressed after ${tail.bytesSeen} bytes: ${describeError(error)}.`;
  } finally {
    source.destroy();
    unpacked.destroy();
  }
  return { lines: tail.lines(), note };
}

/** Keeps approximately the last {@link TAIL_BYTES} of a stream. */
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
    // The first line is incomplete when earlier data was dropped.
    return (this.keptBytes < this.bytesSeen ? lines.slice(1) : lines).filter((line) => line.trim() !== '');
  }
}

/** The end of the stderr of the driver in S3. */
export interface DriverLog extends LogTail {
  /** Whether more lines may appear: EMR Serverless uploads logs periodically, also after the end of the job run. */
  readonly pending: boolean;
}

const MISSING = 'there is no such object. The driver did not start, or its log is not uploaded yet.';

type Span = Partial<Pick<JobRun, 'startedAt' | 'endedAt'>>;

/**
 * The end of the stderr of the driver in S3. A log that is missing or cannot be read is not an error; the note has the reason.
 *
 * @param folder the SPARK_DRIVER folder; `undefined` without logs in S3
 * @param signal aborts reading
 * @param span a log that was uploaded before the end may be incomplete, and a run that did not start has no log
 */
export async function fetchDriverLog(
  client: S3Client,
  folder: S3Location | undefined,
  signal: AbortSignal,
  span: Span = {},
): Promise<DriverLog> {
  if (folder === undefined) return { lines: [], note: 'The job run has no logs in S3.', pending: false };
  const object = { bucket: folder.bucket, key: `${folder.key}stderr.gz` };
  try {
    const { Body: body, LastModified: writtenAt } = await client.send(
      new GetObjectCommand({ Bucket: object.bucket, Key: object.key }),
    );
    const pending = isBefore(writtenAt, span.endedAt);
    if (!(body instanceof Readable)) return { lines: [], note: `${toUri(object)} is empty.`, pending };
    return { ...(await readTail(body, signal)), pending };
  } catch (error) {
    // Without ListBucket S3 returns 403 instead of 404.
    const isMissing = error instanceof Error && error.name === 'NoSuchKey';
    const reason = isMissing ? MISSING : describeError(error);
    const note = `${toUri(object)} cannot be read: ${reason}`;
    return { lines: [], note, pending: isMissing && span.startedAt !== undefined };
  }
}

/** S3 rounds down to seconds, so a log of the last second counts as earlier and is read again. */
function isBefore(writtenAt: Date | undefined, end: Date | undefined): boolean {
  return writtenAt !== undefined && end !== undefined && writtenAt.getTime() < end.getTime();
}
