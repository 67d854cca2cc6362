import { sampleClicks } from '../../../schemas/click';
import click from '../../fixtures/events/direct-click.json';
import urlEvent from '../../fixtures/events/function-url-click.json';
import { bundledLambda } from '../bundled-lambda';

const STREAM = {
  STREAM_NAME: 'clicks-stream',
  PIPELINE: 'clicklogger-dev-clicks',
  METRIC_NAMESPACE: 'clicklogger/dev',
};
const lambda = bundledLambda('ingestion');
let records: string[] = [];

/** Sets the responses of PutRecordBatch; the last one is repeated. */
function firehose(...answers: ((count: number) => readonly [status: number, body: object])[]): void {
  let call = 0;
  records = [];
  lambda.answer = (request, response, body) => {
    expect(request.headers['x-amz-target']).toBe('Firehose_20150804.PutRecordBatch');
    expect(request.headers['x-amz-security-token']).toBe('token');
    const { Records: sent } = JSON.parse(body) as { Records: { Data: string }[] };
    records.push(...sent.map((record) => Buffer.from(record.Data, 'base64').toString()));
    const answer = answers[Math.min(call, answers.length - 1)];
    const [status, reply] = answer?.(sent.length) ?? [500, {}];
    call += 1;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(reply));
  };
}

const stored = (count: number) =>
  [
    200,
    { FailedPutCount: 0, RequestResponses: Array.from({ length: count }, () => ({ RecordId: 'id' })) },
  ] as const;
const throttled = () => [400, { __type: 'ThrottlingException', message: 'Rate exceeded' }] as const;
const denied = () =>
  [400, { __type: 'AccessDeniedException', message: 'not allowed to PutRecordBatch' }] as const;
const withAnswers = (...RequestResponses: object[]) =>
  [200, { FailedPutCount: 1, RequestResponses }] as const;
const partly = () => withAnswers({ ErrorCode: 'ServiceUnavailableException' });

describe('The bundled ingestion Lambda', () => {
  test('stores the sample clicks, and logs counts without contents.', async () => {
    firehose(stored);
    const { result, log } = await lambda.invoke(sampleClicks(), STREAM);
    expect(result).toMatchObject({ statusCode: 200, body: '{"status":"stored","accepted":8,"rejected":[]}' });
    expect(records).toHaveLength(1);
    expect(records[0]?.trimEnd().split('\n')).toHaveLength(8);
    const line: unknown = JSON.parse(log.split('\n').find((text) => text.startsWith('{')) ?? '');
    expect(line).toMatchObject({
      level: 'INFO',
      message: 'clicks stored',
      received: 8,
      stored: 8,
      records: 1,
    });
    expect(log).not.toContain('OAP-');
  });

  test('replies to an HTTP event, and logs the number of problems.', async () => {
    firehose(stored);
    const event = { ...urlEvent, body: JSON.stringify([click, { ...click, type: '' }]) };
    const { result, log } = await lambda.invoke(event, STREAM);
    expect(result).toMatchObject({ statusCode: 207 });
    expect(log).toContain('"problems":{"type: blank":1}');
  });

  test('replies 400 to a body that is not JSON, without a call.', async () => {
    firehose(stored);
    const { result } = await lambda.invoke({ ...urlEvent, body: 'x=1' }, STREAM);
    expect(result).toMatchObject({ statusCode: 400 });
    expect(records).toEqual([]);
  });

  test('retries throttled calls and failed records.', async () => {
    firehose(throttled, partly, stored);
    const { result } = await lambda.invoke(click, STREAM);
    expect(result).toMatchObject({ statusCode: 200 });
    expect(records).toHaveLength(3);
  });

  test.each([
    ['without entries', () => [200, {}] as const],
    ['with too few entries', () => withAnswers()],
    ['with an entry without an id', () => withAnswers({})],
  ])('retries a record after a response %s.', async (_, answer) => {
    firehose(answer, stored);
    const { result } = await lambda.invoke(click, STREAM);
    expect(result).toMatchObject({ statusCode: 200 });
    expect(records).toHaveLength(2);
  });

  test('throws DeliveryError for a direct invocation after an error that is not retryable.', async () => {
    firehose(denied);
    const { errorType, errorMessage } = await lambda.invoke(click, STREAM);
    expect(errorType).toBe('DeliveryError');
    expect(errorMessage).toContain('AccessDeniedException: not allowed to PutRecordBatch');
    expect(records).toHaveLength(1);
  });

  test('replies 503 to an HTTP caller after the last attempt.', async () => {
    firehose(throttled);
    const { result } = await lambda.invoke(urlEvent, STREAM);
    expect(result).toMatchObject({ statusCode: 503 });
    expect(records).toHaveLength(5);
  });

  test('does not start without STREAM_NAME.', async () => {
    const { errorType, errorMessage } = await lambda.invoke(click, {});
    expect(errorType).toBe('ConfigurationError');
    expect(errorMessage).toContain('STREAM_NAME');
  });
});
