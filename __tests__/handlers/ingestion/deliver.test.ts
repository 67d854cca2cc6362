import { deliver } from '../../../handlers/ingestion/deliver';
import { MAX_RECORD_BYTES } from '../../../handlers/ingestion/pack-records';
import { retryOptions, ScriptedStream, sdkError } from './record-stream';

const records = ['a', 'b', 'c'].map((text, index) => ({ data: Buffer.from(text), indexes: [index] }));
const busy = () => 'ServiceUnavailableException';
const good = () => undefined;

describe('delivery', () => {
  test('is one call when all is well', async () => {
    const stream = new ScriptedStream();
    const options = retryOptions();
    expect(await deliver(records, stream, options)).toMatchObject({
      undelivered: [],
      calls: 1,
      retries: 0,
    });
    expect(stream.stored).toEqual(['a', 'b', 'c']);
    expect(options.sleeps).toEqual([]);
  });

  test('sends only the failed records again', async () => {
    const stream = new ScriptedStream([(text) => (text === 'a' ? undefined : 'InternalFailure'), good]);
    const delivery = await deliver(records, stream, retryOptions());
    expect(stream.calls).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
    expect(delivery.undelivered).toEqual([]);
  });

  test('waits longer each time, by chance between nothing and the full delay', async () => {
    const longest = retryOptions({ random: () => 0.999 });
    await deliver(records, new ScriptedStream([busy]), longest);
    expect(longest.sleeps.map(Math.round)).toEqual([100, 200, 400]);
    const shortest = retryOptions({ random: () => 0 });
    await deliver(records, new ScriptedStream([busy]), shortest);
    expect(shortest.sleeps).toEqual([0, 0, 0]);
  });

  test('gives up after the last attempt, with the records that are left and the reason', async () => {
    const stream = new ScriptedStream([(text) => (text === 'b' ? 'ServiceUnavailableException' : undefined)]);
    const delivery = await deliver(records, stream, retryOptions());
    expect(delivery.undelivered).toEqual([records[1]]);
    expect(delivery).toMatchObject({
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
  ])('repeats a call that failed as a whole with $name', async (error) => {
    const stream = new ScriptedStream([error, error, good]);
    expect(await deliver(records, stream, retryOptions())).toMatchObject({ undelivered: [], calls: 3 });
    expect(stream.stored).toEqual(['a', 'b', 'c']);
  });

  test.each(['AccessDeniedException', 'ResourceNotFoundException', 'InvalidArgumentException'])(
    'does not repeat a call that ended in %s',
    async (name) => {
      const stream = new ScriptedStream([sdkError(name, 'client')]);
      const delivery = await deliver(records, stream, retryOptions());
      expect(stream.calls).toHaveLength(1);
      expect(delivery).toMatchObject({
        undelivered: records,
        retryable: false,
        lastError: `${name}: ${name} happened`,
      });
    },
  );

  test('stops while there is time to answer', async () => {
    const stream = new ScriptedStream([busy]);
    await deliver(records, stream, retryOptions({ timeLeftMs: () => 5_049 }));
    expect(stream.calls).toHaveLength(1);
    const enough = new ScriptedStream([busy]);
    await deliver(records, enough, retryOptions({ timeLeftMs: () => 5_050, maxAttempts: 2 }));
    expect(enough.calls).toHaveLength(2);
  });

  test('does not start the next batch when one cannot be stored, and counts it as undelivered', async () => {
    const large = Array.from({ length: 9 }, (_, index) => ({
      data: Buffer.alloc(MAX_RECORD_BYTES),
      indexes: [index],
    }));
    const stream = new ScriptedStream([good, sdkError('AccessDeniedException', 'client')]);
    const delivery = await deliver(large, stream, retryOptions());
    expect(stream.calls.map((call) => call.length)).toEqual([4, 4]);
    expect(delivery.undelivered.flatMap((record) => record.indexes)).toEqual([4, 5, 6, 7, 8]);
  });

  test('makes no call for no records', async () => {
    const stream = new ScriptedStream();
    expect(await deliver([], stream, retryOptions())).toMatchObject({ undelivered: [], calls: 0 });
    expect(stream.calls).toEqual([]);
  });
});
