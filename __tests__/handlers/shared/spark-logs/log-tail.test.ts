import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { readTail } from '../../../../handlers/shared/spark-logs/log-tail';

const never = new AbortController().signal;
const MEBIBYTE = 1_024 * 1_024;

async function* inPieces(packed: Uint8Array, size = 16_384): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < packed.byteLength; start += size) {
    await Promise.resolve();
    yield packed.subarray(start, start + size);
  }
}

/** Numbered lines of 61 bytes, so that no chunk of the stream ends where a line does. */
function numberedLines(count: number): string {
  return Array.from(
    { length: count },
    (_, number) => `${number} ${'.'.repeat(59 - String(number).length)}\n`,
  ).join('');
}

describe('the tail of a log', () => {
  test('is every line of a short one, without blank lines and carriage returns', async () => {
    const packed = gzipSync('one\r\n\r\ntwö\n  \nthree');
    expect(await readTail(inPieces(packed, 3), never)).toEqual({
      lines: ['one', 'twö', 'three'],
      note: null,
    });
  });

  test('of a giant one is its last mebibyte, in whole lines', async () => {
    const { lines, note } = await readTail(inPieces(gzipSync(numberedLines(60_000))), never);
    expect(note).toBeNull();
    expect(lines.at(-1)).toMatch(/^59999 \.+$/);
    expect(lines[0]).toMatch(/^\d+ \.+$/);
    expect(lines[0]).toHaveLength(60);
    const bytes = lines.length * 61;
    expect(bytes).toBeGreaterThan(MEBIBYTE - 61);
    expect(bytes).toBeLessThan(MEBIBYTE + 64 * 1_024);
  });

  test('stops at the limit of what is read, and says so', async () => {
    const { lines, note } = await readTail(inPieces(gzipSync(numberedLines(100_000))), never, MEBIBYTE);
    expect(note).toBe('The log is longer than 1048576 bytes unpacked: these lines are not its end.');
    expect(lines.length).toBeLessThan(20_000);
  });

  test('of one that is cut off is what arrived', async () => {
    const packed = gzipSync(numberedLines(10_000));
    const { lines } = await readTail(inPieces(packed.subarray(0, packed.byteLength - 9)), never);
    expect(lines[0]).toMatch(/^0 /);
    expect(lines.length).toBeGreaterThan(9_000);
  });

  test('of a corrupt one is what could be unpacked, with a note', async () => {
    const packed = gzipSync(numberedLines(100_000));
    packed.fill(0xff, 100_000, 100_064);
    const { lines, note } = await readTail(inPieces(packed), never);
    expect(lines.length).toBeGreaterThan(1_000);
    expect(note).toMatch(/^The log cannot be unpacked beyond \d+ bytes: /);
  });

  test.each([
    ['not gzip', Buffer.from('plain text')],
    ['gzip in its first bytes only', Buffer.from([0x1f, 0x8b, 0xff, 0xff])],
  ])('of one that is %s is a note', async (_, bytes) => {
    const { lines, note } = await readTail(inPieces(bytes), never);
    expect(lines).toEqual([]);
    expect(note).toMatch(/^The log cannot be unpacked beyond 0 bytes: /);
  });

  test('of an empty one is empty', async () => {
    expect(await readTail(inPieces(gzipSync('')), never)).toEqual({ lines: [], note: null });
    expect(await readTail(inPieces(Buffer.alloc(0)), never)).toEqual({ lines: [], note: null });
  });

  test('of one whose transfer breaks off is a note with the reason', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield gzipSync('one\n').subarray(0, 12);
      await Promise.resolve();
      throw new Error('socket hang up');
    }
    const { note } = await readTail(broken(), never);
    expect(note).toContain('socket hang up');
  });

  test('does not wait for one that stops arriving', async () => {
    const stalled = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield gzipSync(numberedLines(10));
      setImmediate(() => {
        stalled.abort();
      });
      await sleep(3_600_000, undefined, { ref: false });
    }
    const { note } = await readTail(endless(), stalled.signal);
    expect(note).toMatch(/^Reading the log took too long/);
  });
});
