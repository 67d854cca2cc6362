/** What one invocation asks for. */
export interface IngestionRequest {
  /** `http`: Function URL or API Gateway (payload format 2.0); `direct`: the Invoke API. */
  readonly source: 'direct' | 'http';
  /** The clicks as sent, not yet checked, in the caller's order. */
  readonly clicks: readonly unknown[];
}

/** The request as a whole cannot be read; its message tells the caller what to send instead. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    /** HTTP status that says the same. */
    readonly statusCode: 400 | 413,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Most clicks in one request. A reply names every bad field of every click; with this limit even the worst reply stays
 * below the 6 MB that Lambda returns.
 */
export const MAX_CLICKS_PER_REQUEST = 5_000;

/**
 * Finds the clicks in a Lambda event: a click, an array of clicks, or an HTTP event with either as its body.
 *
 * @throws RequestError when there is no click in it, too many, or an HTTP body that is not JSON.
 */
export function parseEvent(event: unknown): IngestionRequest {
  const isHttp = isHttpEvent(event);
  const payload = isHttp ? parseBody(event) : event;
  const clicks: readonly unknown[] = Array.isArray(payload) ? payload : [payload];
  if (clicks.length === 0) {
    throw new RequestError(400, 'The array holds no click: send one click or an array with at least one.');
  }
  if (clicks.length > MAX_CLICKS_PER_REQUEST) {
    throw new RequestError(
      413,
      `The array holds ${clicks.length} clicks, more than ${MAX_CLICKS_PER_REQUEST}: split it. Nothing was stored.`,
    );
  }
  return { source: isHttp ? 'http' : 'direct', clicks };
}

interface HttpEvent {
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

function isHttpEvent(event: unknown): event is HttpEvent {
  return (
    isObject(event) &&
    'requestContext' in event &&
    isObject(event.requestContext) &&
    'http' in event.requestContext
  );
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

/** The parser's complaint, which quotes a piece of the caller's own text. */
function detail(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : String(error);
}
