import { deliver } from '../../../handlers/ingestion/deliver';
import { MAX_RECORD_BYTES } from '../../../handlers/ingestion/pack-records';
import { retryOptions, ScriptedStream, sdkError } from './record-stream';

const records = ['a', 'b', 'c'].map((text, index) => ({ data: Buffer.from(text), indexes: [index] }));
const busy = () => 'ServiceUnavailableException';
const good = () => undefined;

describe('A delivery', () => {
  test('retries only the failed records.', async () => {
    const stream = new ScriptedStream([(text) => (text === 'a' ? undefined : 'InternalFailure'), good]);
    expect(await deliver(records, stream, retryOptions())).toMatchObject({ undelivered: [], retries: 1 });
    expect(stream.calls).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });

  test.each([
    [0.999, [100, 200, 400]],
    [0, [0, 0, 0]],
  ])('has exponential backoff with full jitter (random number %d).', async (chance, sleeps) => {
    const options = retryOptions({ random: () => chance });
    await deliver(records, new ScriptedStream([busy]), options);
    expect(options.sleeps.map(Math.round)).toEqual(sleeps);
  });

  test('stops after the last attempt with the undelivered records and the reason.', async () => {
    const stream = new ScriptedStream([(text) => (text === 'b' ? busy() : undefined)]);
    expect(await deliver(records, stream, retryOptions())).toEqual({
      undelivered: [records[1]],
      calls: 4,
      retries: 3,
      lastError: 'ServiceUnavailableException',
      retryable: true,
    });
  });

  test.each([
    sdkError('ThrottlingException', 'client'),
    sdkError('ServiceUnavailableException', 'server'),
    Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
  ])('retries a call that failed with $name.', async (error) => {
    const stream = new ScriptedStream([error, error, good]);
    expect(await deliver(records, stream, retryOptions())).toMatchObject({ undelivered: [], calls: 3 });
    expect(stream.stored).toEqual(['a', 'b', 'c']);
  });

  test.each(['AccessDeniedException', 'ResourceNotFoundException', 'InvalidArgumentException'])(
    'does not retry a call that failed with %s.',
    async (name) => {
      const delivery = await deliver(records, new ScriptedStream([sdkError(name, 'client')]), retryOptions());
      const lastError = `${name}: ${name} happened`;
      expect(delivery).toMatchObject({ undelivered: records, calls: 1, retryable: false, lastError });
    },
  );

  test.each([
    [5_049, 1],
    [5_050, 2],
  ])('with %i ms left makes %i calls, so that there is time for the response.', async (left, calls) => {
    const stream = new ScriptedStream([busy]);
    await deliver(records, stream, retryOptions({ timeLeftMs: () => left, maxAttempts: 2 }));
    expect(stream.calls).toHaveLength(calls);
  });

  test('does not send the next batches after a failed batch, and reports them as undelivered.', async () => {
    const data = Buffer.alloc(MAX_RECORD_BYTES);
    const large = Array.from({ length: 9 }, (_, index) => ({ data, indexes: [index] }));
    const stream = new ScriptedStream([good, sdkError('AccessDeniedException', 'client')]);
    const delivery = await deliver(large, stream, retryOptions());
    expect(stream.calls.map((call) => call.length)).toEqual([4, 4]);
    expect(delivery.undelivered.flatMap((record) => record.indexes)).toEqual([4, 5, 6, 7, 8]);
  });
});
