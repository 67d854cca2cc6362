import type { IngestResult, Rejection } from './ingest';
import type { RequestError } from './parse-event';

/**
 * `stored`: all clicks (200). `partly-stored`: only the valid clicks (207). `rejected`: all clicks or the request are invalid (400,
 * 413). `delivery-failed`: the clicks in `undelivered` are not stored (503, or 500 when a retry cannot help).
 */
type IngestStatus = 'stored' | 'partly-stored' | 'rejected' | 'delivery-failed';

/** Body of the reply. Clicks that are neither in `rejected` nor in `undelivered` are stored: do not send them again. */
export interface ReplyBody {
  readonly status: IngestStatus;
  readonly accepted: number;
  /** Every invalid field of every invalid click; `index` is the zero-based index in the request. */
  readonly rejected: readonly Pick<Rejection, 'index' | 'field' | 'reason'>[];
  /** Indexes of valid clicks that could not be delivered. */
  readonly undelivered?: readonly number[];
  /** Unknown field names, which are not stored; at most {@link MAX_IGNORED_NAMES}. */
  readonly ignored?: readonly string[];
  readonly message?: string;
}

/** Reply in the format of HTTP integrations, also for direct invocations. */
export interface Reply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Required by load balancers. */
  readonly isBase64Encoded: false;
  /** {@link ReplyBody} as JSON. */
  readonly body: string;
}

const MAX_IGNORED_NAMES = 20;
const MAX_IGNORED_NAME_LENGTH = 64;
const MAX_INDEX_LIST_LENGTH = 1_000;

/**
 * Valid clicks of a direct invocation are not stored. The function throws, because a direct caller checks the function error first,
 * and because Lambda retries a failed asynchronous invocation (which stores the other clicks again).
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';

  constructor({ undelivered, stored, received, rejections, delivery }: IngestResult, streamName: string) {
    const rejected = [...new Set(rejections.map((rejection) => rejection.index))];
    super(
      `Firehose stream ${streamName} did not store ${undelivered.length} of ${received} clicks after ${delivery.calls} ` +
        `calls (${delivery.lastError ?? 'no reason given'}). Not stored: index ${indexRanges(undelivered)}. ` +
        (rejected.length > 0 ? `Invalid: index ${indexRanges(rejected)}. ` : '') +
        `Stored: ${stored}. ${delivery.retryable ? 'Retry only the clicks that are not stored.' : 'A retry cannot succeed.'}`,
    );
  }
}

/** Reply to a request that could be parsed. */
export function replyTo(result: IngestResult): Reply {
  const { status, statusCode } = summarize(result);
  const ignored = result.ignored
    .slice(0, MAX_IGNORED_NAMES)
    .map((name) => name.slice(0, MAX_IGNORED_NAME_LENGTH));
  return jsonReply(statusCode, {
    status,
    accepted: result.stored,
    rejected: result.rejections.map(({ index, field, reason }) => ({ index, field, reason })),
    ...(result.undelivered.length > 0 && { undelivered: result.undelivered }),
    ...(ignored.length > 0 && { ignored }),
  });
}

/** Reply to a request that could not be parsed. */
export function replyToBadRequest(error: RequestError): Reply {
  return jsonReply(error.statusCode, {
    status: 'rejected',
    accepted: 0,
    rejected: [],
    message: error.message,
  });
}

function summarize({ undelivered, delivery, rejections, stored }: IngestResult): {
  readonly status: IngestStatus;
  readonly statusCode: number;
} {
  if (undelivered.length > 0)
    return { status: 'delivery-failed', statusCode: delivery.retryable ? 503 : 500 };
  if (rejections.length === 0) return { status: 'stored', statusCode: 200 };
  // Status 2xx, so that an HTTP client does not retry the request and store the valid clicks again.
  return stored > 0 ? { status: 'partly-stored', statusCode: 207 } : { status: 'rejected', statusCode: 400 };
}

function jsonReply(statusCode: number, body: ReplyBody): Reply {
  const headers = { 'content-type': 'application/json' };
  return { statusCode, headers, isBase64Encoded: false, body: JSON.stringify(body) };
}

/** `0-2, 7` for 0, 1, 2, 7. */
function indexRanges(indexes: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const index of indexes) {
    const range = ranges.at(-1);
    if (range?.[1] === index - 1) range[1] = index;
    else ranges.push([index, index]);
  }
  const text = ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
  return text.length > MAX_INDEX_LIST_LENGTH ? `${text.slice(0, MAX_INDEX_LIST_LENGTH)}…` : text;
}
