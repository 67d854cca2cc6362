import { NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { fetchDriverLog } from '../../../../handlers/shared/spark-logs/driver-log';

const folder = { bucket: 'logs', key: 'applications/app1/jobs/run1/SPARK_DRIVER/' };
const never = new AbortController().signal;

function clientGiving(answer: () => Promise<object>) {
  const client = new S3Client({ region: 'us-east-1' });
  const inputs: unknown[] = [];
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        inputs.push(input);
        return { response: {}, output: { $metadata: {}, ...(await answer()) } };
      },
    { step: 'initialize', priority: 'high' },
  );
  return { client, inputs };
}

describe("fetching the driver's log", () => {
  test('reads stderr.gz of the folder', async () => {
    const { client, inputs } = clientGiving(() =>
      Promise.resolve({ Body: Readable.from([gzipSync('a\nb\n')]) }),
    );
    expect(await fetchDriverLog(client, folder, never)).toEqual({
      lines: ['a', 'b'],
      note: null,
      pending: false,
    });
    expect(inputs).toEqual([{ Bucket: 'logs', Key: `${folder.key}stderr.gz` }]);
  });

  test('says that a run keeps none', async () => {
    const { client, inputs } = clientGiving(() => Promise.reject(new Error('not called')));
    expect((await fetchDriverLog(client, undefined, never)).note).toBe('The job run keeps no logs in S3.');
    expect(inputs).toEqual([]);
  });

  test('says that there is none yet', async () => {
    const missing = new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} });
    const { client } = clientGiving(() => Promise.reject(missing));
    const { lines, note } = await fetchDriverLog(client, folder, never);
    expect(lines).toEqual([]);
    expect(note).toBe(
      's3://logs/applications/app1/jobs/run1/SPARK_DRIVER/stderr.gz cannot be read: there is no such object. ' +
        'The driver never started, or its log has not arrived yet.',
    );
  });

  const startedAt = new Date('2026-11-21T10:00:00Z');
  const endedAt = new Date('2026-11-21T10:01:00.500Z');
  const written = (LastModified?: Date) => () =>
    Promise.resolve({ Body: Readable.from([gzipSync('a\n')]), ...(LastModified && { LastModified }) });
  const missing = () =>
    Promise.reject(new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} }));
  const denied = () => Promise.reject(Object.assign(new Error('because'), { name: 'AccessDenied' }));

  test.each([
    ['was written before the end', written(new Date('2026-11-21T10:00:45Z')), { startedAt, endedAt }, true],
    [
      'may have been, as S3 gives whole seconds',
      written(new Date('2026-11-21T10:01:00Z')),
      { endedAt },
      true,
    ],
    ['was written after it', written(new Date('2026-11-21T10:01:01Z')), { startedAt, endedAt }, false],
    ['is not there yet', missing, { startedAt, endedAt }, true],
    ['never comes, as the driver never ran', missing, { endedAt }, false],
    ['cannot be read', denied, { startedAt, endedAt }, false],
    ['belongs to no job run', written(new Date(0)), {}, false],
  ])('of one that %s says whether lines may yet come', async (_, answer, span, pending) => {
    const { client } = clientGiving(answer);
    expect(await fetchDriverLog(client, folder, never, span)).toHaveProperty('pending', pending);
  });

  test.each(['AccessDenied', 'NoSuchBucket', 'SlowDown'])(
    'passes on the reason %s instead of failing',
    async (name) => {
      const { client } = clientGiving(() => Promise.reject(Object.assign(new Error('because'), { name })));
      expect((await fetchDriverLog(client, folder, never)).note).toContain(
        `cannot be read: ${name}: because`,
      );
    },
  );
});
