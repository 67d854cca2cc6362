import { ingest, type IngestResult } from '../../../handlers/ingestion/ingest';
import { metricLines, rejectedRequestLine } from '../../../handlers/ingestion/metric-lines';
import { MAX_RECORD_BYTES } from '../../../handlers/ingestion/pack-records';
import { DeliveryError, replyTo } from '../../../handlers/ingestion/reply';
import { sampleClicks } from '../../../schemas/click';
import click from '../../fixtures/events/direct-click.json';
import { type Behaviour, retryOptions, ScriptedStream, sdkError } from './record-stream';

const NOW = '2026-11-21T10:00:00.000Z';
const SCOPE = { namespace: 'clicklogger/dev', pipeline: 'clicklogger-dev-clicks' };

/** Ingests clicks; returns the stream, the result, the reply, its body and the metrics. */
async function run(clicks: readonly unknown[], behaviours?: readonly Behaviour[]) {
  const stream = new ScriptedStream(behaviours);
  const result = await ingest(clicks, { stream, retry: retryOptions(), now: () => new Date(NOW) });
  const reply = replyTo(result);
  const metrics = metricLines(result, SCOPE, 0).map((line) => JSON.parse(line) as Record<string, unknown>);
  return { stream, result, reply, metrics, body: JSON.parse(reply.body) as unknown };
}

/** A click whose stored line has this many bytes. */
function clickOfSize(bytes: number): unknown {
  const completed = { ...click, user: 'GUEST', clientip: 'APIGWY', createdtime: NOW };
  const padding = bytes - Buffer.byteLength(`${JSON.stringify(completed)}\n`);
  return { ...click, requestid: click.requestid + 'x'.repeat(padding) };
}

describe('The ingestion', () => {
  test('stores the sample clicks in one record, and replies 200.', async () => {
    const { stream, reply, body, metrics } = await run(sampleClicks());
    expect(stream.stored).toHaveLength(1);
    const lines = stream.stored[0]!.trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
      sampleClicks().map((sample) => ({ ...sample, user: 'GUEST', clientip: 'APIGWY', createdtime: NOW })),
    );
    expect(reply).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(body).toEqual({ status: 'stored', accepted: 8, rejected: [] });
    expect(metrics).toEqual([
      expect.objectContaining({
        Pipeline: 'clicklogger-dev-clicks',
        ClicksAccepted: 8,
        ClicksRejected: 0,
        ClicksUndelivered: 0,
        RecordsPacked: 1,
        DeliveryRetries: 0,
      }),
    ]);
  });

  test('stores a value with a line break on one line.', async () => {
    const { stream } = await run([{ ...click, user: 'a\nb\u2028c' }, click]);
    expect(stream.stored[0]!.split('\n')).toHaveLength(3);
  });

  test('replies 400 with every invalid field when all clicks are invalid, without a call.', async () => {
    const bad = [{ ...click, type: ' ' }, { ...click, action: 1, component: null }, 'x'];
    const { stream, reply, body } = await run(bad);
    expect(stream.calls).toEqual([]);
    expect(reply.statusCode).toBe(400);
    expect(body).toEqual({
      status: 'rejected',
      accepted: 0,
      rejected: [
        { index: 0, field: 'type', reason: 'required, but blank' },
        { index: 1, field: 'component', reason: 'required, but null' },
        { index: 1, field: 'action', reason: 'must be a string, got number' },
        { index: 2, field: null, reason: 'must be a JSON object, got string' },
      ],
    });
  });

  test('stores the valid clicks of an array, and replies 207 with the invalid clicks.', async () => {
    const twice = { ...click, callerid: ' ', type: '' };
    const { stream, reply, body, metrics } = await run([click, twice, 7, click]);
    expect(stream.stored.join('').trimEnd().split('\n')).toHaveLength(2);
    expect(reply.statusCode).toBe(207);
    expect(body).toMatchObject({ status: 'partly-stored', accepted: 2 });
    expect(body).toHaveProperty('rejected.length', 3);
    // The click with two blank fields counts once.
    const counts = metrics.map(({ Reason, ClicksRejected }) => [Reason, ClicksRejected]);
    expect(counts).toEqual([
      [undefined, 2],
      ['blank', 1],
      ['not-an-object', 1],
    ]);
  });

  test('stores a click of 1,000 KiB and rejects a larger one.', async () => {
    const large = [clickOfSize(MAX_RECORD_BYTES), clickOfSize(MAX_RECORD_BYTES + 1)];
    const { stream, result } = await run([...large, { ...click, user: 'ü'.repeat(600_000) }]);
    expect(stream.stored.map((record) => Buffer.byteLength(record))).toEqual([MAX_RECORD_BYTES]);
    expect(result.rejections).toMatchObject([
      {
        index: 1,
        field: null,
        kind: 'too-large',
        reason: expect.stringContaining('1024001 bytes') as string,
      },
      { index: 2, kind: 'too-large' },
    ]);
  });

  test('reports each unknown field once, and at most twenty.', async () => {
    const extra = Object.fromEntries(Array.from({ length: 30 }, (_, number) => [`extra${number}`, number]));
    const { body } = await run([click, click].map((each) => ({ ...each, ...extra })));
    expect(body).toMatchObject({ status: 'stored', accepted: 2 });
    expect(body).toHaveProperty('ignored.length', 20);
  });
});

describe('A failed delivery', () => {
  const throttled = sdkError('ThrottlingException', 'client');
  const denied = sdkError('AccessDeniedException', 'client');
  const good = { ...click, requestid: 'x'.repeat(600_000) };
  const onlyFirst = (text: string) =>
    text.includes('"user":"first"') ? undefined : 'ServiceUnavailableException';

  test('has the status 503 and the indexes of the clicks that are not stored.', async () => {
    const mixed = [good, { ...good, user: 'first' }, {}, good];
    const { reply, body, result, metrics } = await run(mixed, [onlyFirst]);
    expect(reply.statusCode).toBe(503);
    expect(body).toMatchObject({ status: 'delivery-failed', accepted: 1, undelivered: [0, 3] });
    expect(body).toHaveProperty('rejected.length', 6);
    const rejected = new Set(result.rejections.map((rejection) => rejection.index)).size;
    expect(result.stored + result.undelivered.length + rejected).toBe(result.received);
    expect(metrics[0]).toMatchObject({ ClicksAccepted: 1, ClicksUndelivered: 2, DeliveryRetries: 3 });
  });

  test('has the status 500 when a retry cannot succeed.', async () => {
    const { reply, body } = await run([click], [denied]);
    expect(reply.statusCode).toBe(500);
    expect(body).toEqual({ status: 'delivery-failed', accepted: 0, rejected: [], undelivered: [0] });
  });

  test('gives a direct caller an error with counts, indexes, reason and recommended action.', async () => {
    const { result } = await run([click, click, click, {}, click], [throttled]);
    expect(new DeliveryError(result, 'clicks').message).toBe(
      'Firehose stream clicks did not store 4 of 5 clicks after 4 calls (ThrottlingException: ThrottlingException ' +
        'happened). Not stored: index 0-2, 4. Invalid: index 3. Stored: 0. Retry only the clicks that are not stored.',
    );
  });

  test('has a short error for many clicks.', async () => {
    const undelivered = Array.from({ length: 2_000 }, (_, index) => index * 2);
    const { result } = await run([click], [denied]);
    const many: IngestResult = { ...result, received: 4_000, stored: 2_000, undelivered };
    const { message } = new DeliveryError(many, 'clicks');
    expect(message.length).toBeLessThan(1_500);
    expect(message).toContain('A retry cannot succeed');
  });
});

test('The largest reply is below 6 MB, the limit of Lambda.', async () => {
  const names = ['REQUESTID', 'CONTEXTID', 'CALLERID', 'COMPONENT', 'ACTION', 'TYPE', 'USER', 'CLIENTIP'];
  const wrongCase = Object.fromEntries(names.map((name) => [name, '']));
  const worst = { ...wrongCase, createdtime: '\u0001'.repeat(100) };
  const { reply, body } = await run(Array.from({ length: 5_000 }, () => worst));
  expect(body).toHaveProperty('rejected.length', 45_000);
  expect(Buffer.byteLength(JSON.stringify(reply))).toBeLessThan(6 * 1_024 * 1_024);
});

test('A request that cannot be parsed has a metric.', () => {
  expect(JSON.parse(rejectedRequestLine(SCOPE, 0))).toMatchObject({ RequestsRefused: 1 });
});
