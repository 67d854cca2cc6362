import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { fetchDriverLog, readTail } from '../../../../handlers/shared/spark-logs/driver-log';

const never = new AbortController().signal;
const MEBIBYTE = 1_024 * 1_024;

async function* inPieces(packed: Uint8Array, size = 16_384): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < packed.byteLength; start += size) {
    await Promise.resolve();
    yield packed.subarray(start, start + size);
  }
}

/** Numbered lines of 61 bytes, so that chunks of the stream do not end at the end of a line. */
function numberedLines(count: number): string {
  return Array.from(
    { length: count },
    (_, number) => `${number} ${'.'.repeat(59 - String(number).length)}\n`,
  ).join('');
}

describe('The tail of a log', () => {
  test('contains all lines of a short log without blank lines and carriage returns.', async () => {
    const packed = gzipSync('one\r\n\r\ntwö\n  \nthree');
    expect(await readTail(inPieces(packed, 3), never)).toEqual({
      lines: ['one', 'twö', 'three'],
      note: null,
    });
  });

  test('contains whole lines of the last mebibyte of a large log.', async () => {
    const { lines, note } = await readTail(inPieces(gzipSync(numberedLines(60_000))), never);
    expect(note).toBeNull();
    expect(lines.at(-1)).toMatch(/^59999 \.+$/);
    expect(lines[0]).toMatch(/^\d+ \.+$/);
    expect(lines[0]).toHaveLength(60);
    expect(lines.length * 61).toBeGreaterThan(MEBIBYTE - 61);
    expect(lines.length * 61).toBeLessThan(MEBIBYTE + 64 * 1_024);
  });

  const corrupt = gzipSync(numberedLines(100_000));
  corrupt.fill(0xff, 100_000, 100_064);

  test.each<[string, Uint8Array, number, RegExp | null]>([
    ['exceeds the limit', gzipSync(numberedLines(100_000)), 17_000, /exceeds 4194304 bytes/],
    ['is truncated', gzipSync(numberedLines(10_000)).subarray(0, -9), 9_000, null],
    ['is corrupt', corrupt, 1_000, /^The log cannot be decompressed after \d+ bytes: /],
    ['is not gzip', Buffer.from('plain text'), 0, /^The log cannot be decompressed after 0 bytes: /],
    ['has only a gzip header', Buffer.from([0x1f, 0x8b, 0xff, 0xff]), 0, /decompressed after 0 bytes: /],
    ['is empty', gzipSync(''), 0, null],
    ['has no bytes', Buffer.alloc(0), 0, null],
  ])('contains the readable lines and a note when the log %s.', async (_, packed, atLeast, reason) => {
    const { lines, note } = await readTail(inPieces(packed), never, 4 * MEBIBYTE);
    expect(lines.length).toBeGreaterThanOrEqual(atLeast);
    if (atLeast === 0) expect(lines).toEqual([]);
    if (reason === null) expect(note).toBeNull();
    else expect(note).toMatch(reason);
  });

  test('has a note with the reason of an interrupted transfer.', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield gzipSync('one\n').subarray(0, 12);
      await Promise.resolve();
      throw new Error('socket hang up');
    }
    expect((await readTail(broken(), never)).note).toContain('socket hang up');
  });

  test('does not wait for a stalled transfer.', async () => {
    const stalled = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield gzipSync(numberedLines(10));
      setImmediate(() => {
        stalled.abort();
      });
      await sleep(3_600_000, undefined, { ref: false });
    }
    expect((await readTail(endless(), stalled.signal)).note).toMatch(/^Reading the log timed out/);
  });
});

describe('The log of a driver in S3', () => {
  const folder = { bucket: 'logs', key: 'applications/app1/jobs/run1/SPARK_DRIVER/' };

  /** The log when S3 returns an object of this time, or an error with this name. */
  async function fetched(
    answer: Date | string,
    span: { readonly startedAt?: Date; readonly endedAt?: Date } = {},
  ) {
    const client = new S3Client({ region: 'us-east-1' });
    client.middlewareStack.add(
      () =>
        ({ input }) => {
          expect(input).toEqual({ Bucket: 'logs', Key: `${folder.key}stderr.gz` });
          if (typeof answer === 'string')
            return Promise.reject(Object.assign(new Error('because'), { name: answer }));
          const Body = Readable.from([gzipSync('a\nb\n')]);
          return Promise.resolve({ response: {}, output: { $metadata: {}, Body, LastModified: answer } });
        },
      { step: 'initialize', priority: 'high' },
    );
    return fetchDriverLog(client, folder, never, span);
  }

  const startedAt = new Date('2026-11-21T10:00:00Z');
  const endedAt = new Date('2026-11-21T10:01:00.500Z');

  test.each([
    ['was written before the end', new Date('2026-11-21T10:00:45Z'), { startedAt, endedAt }, true],
    ['was written in the second of the end', new Date('2026-11-21T10:01:00Z'), { endedAt }, true],
    ['was written after the end', new Date('2026-11-21T10:01:01Z'), { startedAt, endedAt }, false],
    ['does not exist yet', 'NoSuchKey', { startedAt, endedAt }, true],
    ['does not exist because the driver did not start', 'NoSuchKey', { endedAt }, false],
    ['cannot be read', 'AccessDenied', { startedAt, endedAt }, false],
    ['belongs to no job run', new Date(0), {}, false],
  ])('that %s has a pending state.', async (_, answer, span, pending) => {
    const log = await fetched(answer, span);
    expect(log).toMatchObject({ pending, lines: typeof answer === 'string' ? [] : ['a', 'b'] });
  });

  test.each([
    ['NoSuchKey', 'there is no such object. The driver did not start, or its log is not uploaded yet.'],
    ['AccessDenied', 'AccessDenied: because'],
    ['SlowDown', 'SlowDown: because'],
  ])('has a note with the reason of %s.', async (name, reason) => {
    const uri = 's3://logs/applications/app1/jobs/run1/SPARK_DRIVER/stderr.gz';
    expect((await fetched(name)).note).toBe(`${uri} cannot be read: ${reason}`);
  });

  test('is not read without logs in S3.', async () => {
    const log = await fetchDriverLog(new S3Client({ region: 'us-east-1' }), undefined, never);
    expect(log.note).toBe('The job run has no logs in S3.');
  });
});
