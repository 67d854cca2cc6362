import { MAX_CLICKS_PER_REQUEST, parseEvent } from '../../../handlers/ingestion/parse-event';
import base64Event from '../../fixtures/events/api-gateway-base64-clicks.json';
import click from '../../fixtures/events/direct-click.json';
import urlEvent from '../../fixtures/events/function-url-click.json';

const withBody = (body: unknown, isBase64Encoded = false) => ({ ...urlEvent, body, isBase64Encoded });
const toBase64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

describe('The parser of events', () => {
  test('finds one click or an array of clicks in a direct invocation.', () => {
    expect(parseEvent(click)).toEqual({ source: 'direct', clicks: [click] });
    expect(parseEvent([click, 7])).toEqual({ source: 'direct', clicks: [click, 7] });
  });

  test('finds the click in the body of an HTTP event.', () => {
    expect(parseEvent(urlEvent)).toEqual({ source: 'http', clicks: [click] });
  });

  test.each([
    [null, 'null'],
    [7, 'a number'],
    [true, 'a boolean'],
    [JSON.stringify(click), 'a string'],
  ])('rejects %j, directly or as a body, with a description of a valid request.', (payload, found) => {
    const message = `The request is ${found}: send one click, a JSON object, or an array of clicks.`;
    expect(() => parseEvent(payload)).toThrow(message);
    expect(() => parseEvent(withBody(JSON.stringify(payload)))).toThrow(message);
  });

  test('decodes a base64 body with non-ASCII characters.', () => {
    const { source, clicks } = parseEvent(base64Event);
    expect(source).toBe('http');
    expect(clicks).toEqual([click, { ...click, requestid: 'OAP-guid-002', user: 'Zoë' }]);
  });

  test('accepts a body with a byte order mark.', () => {
    expect(parseEvent(withBody('\uFEFF[{}]')).clicks).toEqual([{}]);
    expect(parseEvent(withBody(toBase64('\uFEFF[{}]'), true)).clicks).toEqual([{}]);
  });

  test.each([
    ['API Gateway with payload format 1.0', { resourcePath: '/clicks', httpMethod: 'POST' }],
    ['a load balancer', { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:::targetgroup/clicks/1' } }],
  ])('finds the clicks in the body of an event of %s.', (_, requestContext) => {
    const event = { requestContext, httpMethod: 'POST', path: '/clicks', headers: {} };
    expect(parseEvent({ ...event, body: JSON.stringify([click]), isBase64Encoded: false })).toEqual({
      source: 'http',
      clicks: [click],
    });
    expect(parseEvent({ ...event, body: toBase64('{}'), isBase64Encoded: true }).clicks).toEqual([{}]);
  });

  test.each([
    ['aws:sqs', { Records: [{ eventSource: 'aws:sqs', body: JSON.stringify(click) }] }],
    ['aws:sns', { Records: [{ EventSource: 'aws:sns', Sns: { Message: '{}' } }] }],
    ['aws:kinesis', { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: toBase64('{}') } }] }],
    ['aws:sqs', [{ eventSource: 'aws:sqs', body: '{}' }]],
    ['aws:kafka', { eventSource: 'aws:kafka', records: {} }],
    ['CloudWatch Logs', { awslogs: { data: '' } }],
    ['EventBridge (source shop)', { source: 'shop', 'detail-type': 'click', detail: click }],
  ])('throws for an event of %s, so that the service does not delete it.', (source, event) => {
    const message = `Events of ${source} are not supported. The function accepts clicks from`;
    const error = { name: 'EventSourceError', message: expect.stringContaining(message) as string };
    expect(() => parseEvent(event)).toThrow(expect.objectContaining(error) as Error);
  });

  test('treats an event with only one field of an HTTP event as a click.', () => {
    expect(parseEvent({ body: '{}' })).toEqual({ source: 'direct', clicks: [{ body: '{}' }] });
    expect(parseEvent({ requestContext: { requestId: '1' } }).source).toBe('direct');
  });

  test.each([
    ['an empty array', [], 'contains no click'],
    ['an HTTP event without a body', withBody(undefined), 'no body'],
    ['an HTTP event with a blank body', withBody('  '), 'no body'],
    ['an HTTP body that is not JSON', withBody('requestid=OAP-guid-001'), 'The body is not JSON'],
    ['a truncated HTTP body', withBody('[{"requestid":"OAP-'), 'The body is not JSON'],
    ['an HTTP body with an empty array', withBody('[]'), 'contains no click'],
    [
      'a base64 body that is compressed',
      withBody(toBase64(Buffer.from([0x1f, 0x8b, 8, 0, 0xff])), true),
      'not UTF-8',
    ],
  ])('rejects %s with the status 400.', (_, event, message) => {
    const error = { statusCode: 400, message: expect.stringContaining(message) as string };
    expect(() => parseEvent(event)).toThrow(expect.objectContaining(error) as Error);
  });

  test('rejects more clicks than the limit with the status 413.', () => {
    const clicks = Array.from({ length: MAX_CLICKS_PER_REQUEST + 1 }, () => click);
    const error = expect.objectContaining({ statusCode: 413 }) as Error;
    expect(() => parseEvent(clicks)).toThrow(error);
    expect(parseEvent(clicks.slice(1)).clicks).toHaveLength(MAX_CLICKS_PER_REQUEST);
  });
});
