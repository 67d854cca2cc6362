import { FirehoseClient, type PutRecordBatchCommandOutput } from '@aws-sdk/client-firehose';
import { firehoseStream } from '../../../handlers/ingestion/firehose-stream';

function streamAnswering(answer: Partial<PutRecordBatchCommandOutput>) {
  const client = new FirehoseClient({ region: 'us-east-1' });
  const inputs: unknown[] = [];
  client.middlewareStack.add(
    () =>
      ({ input }) => {
        inputs.push(input);
        return Promise.resolve({ response: {}, output: { $metadata: {}, ...answer } });
      },
    { step: 'initialize', priority: 'high' },
  );
  return { stream: firehoseStream(client, 'clicks'), inputs };
}

const records = [Buffer.from('a'), Buffer.from('b')];

describe('Firehose stream', () => {
  test('sends the records in one call to the stream', async () => {
    const { stream, inputs } = streamAnswering({ RequestResponses: [{ RecordId: '1' }, { RecordId: '2' }] });
    expect(await stream.put(records)).toEqual([undefined, undefined]);
    expect(inputs).toEqual([
      {
        DeliveryStreamName: 'clicks',
        Records: [{ Data: records[0] }, { Data: records[1] }],
      },
    ]);
  });

  test('gives the error code of each record that failed', async () => {
    const failed = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };
    const { stream } = streamAnswering({ FailedPutCount: 1, RequestResponses: [failed, { RecordId: '2' }] });
    expect(await stream.put(records)).toEqual(['ServiceUnavailableException', undefined]);
  });

  test.each([
    ['has no entries', {}],
    ['has too few entries', { RequestResponses: [{ RecordId: '1' }] }],
    ['has an entry without an id', { RequestResponses: [{ RecordId: '1' }, {}] }],
  ])('takes no record for stored when the answer %s', async (_, answer) => {
    const { stream } = streamAnswering(answer);
    expect((await stream.put(records)).at(-1)).toBe('NoAnswerForRecord');
  });
});
