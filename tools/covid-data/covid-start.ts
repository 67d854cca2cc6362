import { open, stat } from 'node:fs/promises';
import { errorMessage, TaskError } from '../cli/errors';

/** As much as the job looks at to find the header; that of the widest export has 135 columns in 6 KB. */
const START_BYTES = 1 << 16;

const BYTE_ORDER_MARK = '\uFEFF';

/** First bytes of what is often saved or downloaded in place of a CSV file. */
const OTHER_FORMATS: readonly (readonly [signature: readonly number[], kind: string])[] = [
  [[0xff, 0xfe], 'UTF-16 text'],
  [[0xfe, 0xff], 'UTF-16 text'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip file or an Excel workbook'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an Excel workbook'],
  [[0x1f, 0x8b], 'compressed with gzip'],
];

/** What a file is, as far as its first bytes tell. */
export interface FileStart {
  readonly bytes: number;
  readonly encoding: 'UTF-8' | 'UTF-8 with byte-order mark';
}

/**
 * Refuses what is no CSV text, as the job does, before anything is parsed.
 *
 * @throws TaskError naming the file and what it is instead
 */
export async function checkStart(file: string): Promise<FileStart> {
  const { bytes, start } = await readStart(file);
  const text = decode(file, start);
  if (text.trim() === '')
    throw new TaskError(`${file} is empty (${bytes} bytes); download the export again.`);
  if (text.trimStart().startsWith('<')) {
    throw new TaskError(
      `${file} is a web page or XML, it begins with "${text.trim().slice(0, 30)}"; download the CSV export instead.`,
    );
  }
  if (!text.includes('\n') && (text.includes('\r') || bytes > START_BYTES)) {
    throw new TaskError(
      `${file} has no line feed in its first ${text.length} characters; end its lines with LF or CRLF.`,
    );
  }
  return { bytes, encoding: text.startsWith(BYTE_ORDER_MARK) ? 'UTF-8 with byte-order mark' : 'UTF-8' };
}

async function readStart(file: string): Promise<{ bytes: number; start: Buffer }> {
  try {
    // Before it is opened: opening a named pipe would wait for somebody to write to it.
    const status = await stat(file);
    if (!status.isFile()) {
      const kind = status.isDirectory() ? 'a folder' : 'no regular file';
      throw new TaskError(`${file} is ${kind}; give the CSV file itself.`);
    }
    return { bytes: status.size, start: await readBytes(file) };
  } catch (error) {
    if (error instanceof TaskError) throw error;
    throw new TaskError(`${file} cannot be read: ${errorMessage(error)}; check the path.`);
  }
}

async function readBytes(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function decode(file: string, start: Buffer): string {
  const other = OTHER_FORMATS.find(([signature]) => signature.every((byte, index) => start[index] === byte));
  if (other !== undefined) throw new TaskError(`${file} is ${other[1]}, no CSV; save it as CSV in UTF-8.`);
  if (start.includes(0)) {
    throw new TaskError(
      `${file} has zero bytes, as UTF-16 text and binary files do; save it as CSV in UTF-8.`,
    );
  }
  try {
    // Streaming, because the last character may be cut.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(start, { stream: true });
  } catch {
    throw new TaskError(
      `${file} is no UTF-8, as files saved by Excel as plain "CSV" can be; save it as "CSV UTF-8".`,
    );
  }
}
