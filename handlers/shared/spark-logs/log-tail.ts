import { addAbortSignal, Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';

/** The end of a log, and what kept us from reading it whole. */
export interface LogTail {
  /** Whole lines, oldest first, from the last {@link TAIL_BYTES} of what was read. */
  readonly lines: readonly string[];
  /** `null` when the log was read to its end. */
  readonly note: string | null;
}

/** How much of the end is kept: far more than a stack trace, and no burden for the smallest Lambda. */
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
    const reason = error instanceof Error ? error.message : String(error);
    note = signal.aborted
      ? `Reading the log took too long: these lines are not its end, but after ${tail.bytesSeen} bytes.`
      : `The log cannot be unpacked beyond ${tail.bytesSeen} bytes: ${reason}.`;
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
