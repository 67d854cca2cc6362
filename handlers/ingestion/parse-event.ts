export interface IngestionRequest {
  /** `http`: Function URL, API Gateway (payload formats 1.0 and 2.0) or load balancer; `direct`: the Invoke API. */
  readonly source: 'direct' | 'http';
  /** The clicks before validation, in the order of the request. */
  readonly clicks: readonly unknown[];
}

/** The request cannot be parsed; the message describes a valid request. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly statusCode: 400 | 413,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The event is a batch of another AWS service. The function throws, because the service deletes its events after a successful
 * response.
 */
export class EventSourceError extends Error {
  override readonly name = 'EventSourceError';

  constructor(source: string) {
    super(
      `Events of ${source} are not supported. The function accepts clicks from the Invoke API, a function URL, API Gateway ` +
        'or an Application Load Balancer. Remove the trigger, or send the clicks with another function. No click was stored.',
    );
  }
}

/**
 * Maximum number of clicks in one request. A reply lists every invalid field of every click; with this limit the largest reply is
 * below 6 MB, the limit of Lambda.
 */
export const MAX_CLICKS_PER_REQUEST = 5_000;

/**
 * Finds the clicks in a Lambda event: a click, an array of clicks, or an HTTP event with one of them as its body.
 *
 * @throws RequestError when the event has no click or too many, or when the HTTP body is not JSON
 * @throws EventSourceError for a batch of a queue, a stream or an event bus
 */
export function parseEvent(event: unknown): IngestionRequest {
  const eventSource = findEventSource(event);
  if (eventSource !== undefined) throw new EventSourceError(eventSource);
  const isHttp = isHttpEvent(event);
  const payload = isHttp ? parseBody(event) : event;
  if (!isObject(payload)) throw new RequestError(400, describeNoClick(payload));
  const clicks: readonly unknown[] = Array.isArray(payload) ? payload : [payload];
  if (clicks.length === 0) {
    throw new RequestError(400, 'The array contains no click: send one click or an array with at least one.');
  }
  if (clicks.length > MAX_CLICKS_PER_REQUEST) {
    throw new RequestError(
      413,
      `The array contains ${clicks.length} clicks, more than ${MAX_CLICKS_PER_REQUEST}: split it. No click was stored.`,
    );
  }
  return { source: isHttp ? 'http' : 'direct', clicks };
}

function describeNoClick(payload: unknown): string {
  const found = payload === null ? 'null' : `a ${typeof payload}`;
  const hint =
    typeof payload === 'string' ? ' JSON in a string is not supported: send it without quotes.' : '';
  return `The request is ${found}: send one click, a JSON object, or an array of clicks.${hint} No click was stored.`;
}

interface HttpEvent {
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

/** `requestContext.http` is payload format 2.0; `httpMethod` is 1.0 (REST API) and a load balancer. */
function isHttpEvent(event: unknown): event is HttpEvent {
  return (
    isObject(event) &&
    'requestContext' in event &&
    isObject(event.requestContext) &&
    ('http' in event.requestContext || ('httpMethod' in event && typeof event.httpMethod === 'string'))
  );
}

/**
 * Source of an event that is not a request: `aws:sqs`, `aws:kinesis` and others are in each record (a pipe sends only the
 * records), events of EventBridge have a `detail-type`, and events of CloudWatch Logs have `awslogs`.
 */
function findEventSource(event: unknown): string | undefined {
  if (!isObject(event)) return undefined;
  if ('detail-type' in event && 'source' in event)
    return `EventBridge (source ${String(event.source).slice(0, 60)})`;
  if ('awslogs' in event) return 'CloudWatch Logs';
  const records: unknown = 'Records' in event ? event.Records : event;
  const first: unknown = Array.isArray(records) ? records[0] : records;
  if (!isObject(first)) return undefined;
  const source = Object.entries(first).find(([name]) => name.toLowerCase() === 'eventsource')?.[1] as unknown;
  return typeof source === 'string' && source.startsWith('aws:') ? source.slice(0, 60) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function parseBody({ body, isBase64Encoded }: HttpEvent): unknown {
  if (typeof body !== 'string' || body.trim() === '') {
    throw new RequestError(400, 'The request has no body: send one click, or an array of clicks, as JSON.');
  }
  const text = isBase64Encoded === true ? decode(body) : body.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestError(
      400,
      `The body is not JSON (${detail(error)}): send one click, or an array of clicks.`,
    );
  }
}

function decode(body: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body, 'base64'));
  } catch {
    throw new RequestError(
      400,
      'The body is not UTF-8 text: send JSON, not compressed and not in another encoding.',
    );
  }
}

/** Error message of the parser, which quotes a part of the request. */
function detail(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : String(error);
}
