import type { IngestResult, Rejection } from './ingest';
import type { RequestError } from './parse-event';

/**
 * `stored`: every click (200). `partly-stored`: the good ones, not the rejected (207). `rejected`: none, all bad, or the
 * request itself is (400, 413). `delivery-failed`: the good ones named in `undelivered` are not stored (503, or 500
 * when sending again cannot help).
 */
export type IngestStatus = 'stored' | 'partly-stored' | 'rejected' | 'delivery-failed';

/** The reply's body. A click in neither `rejected` nor `undelivered` is stored: send only those again. */
export interface ReplyBody {
  readonly status: IngestStatus;
  /** Clicks stored. */
  readonly accepted: number;
  /** Every bad field of every bad click; `index` is the click's place in the request, from 0. */
  readonly rejected: readonly Pick<Rejection, 'index' | 'field' | 'reason'>[];
  /** Places of good clicks that could not be delivered. */
  readonly undelivered?: readonly number[];
  /** Unknown field names, of which nothing is stored; at most {@link MAX_IGNORED_NAMES}. */
  readonly ignored?: readonly string[];
  /** What is wrong with the request as a whole. */
  readonly message?: string;
}

/** One shape for HTTP callers, whose gateway unwraps it, and for direct ones. */
export interface Reply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A load balancer refuses a reply without it. */
  readonly isBase64Encoded: false;
  /** {@link ReplyBody} as JSON. */
  readonly body: string;
}

const MAX_IGNORED_NAMES = 20;
const MAX_IGNORED_NAME_LENGTH = 64;
const MAX_INDEX_LIST_LENGTH = 1_000;

/**
 * Good clicks of a direct invocation are not stored. It is thrown, since a direct caller checks the function error
 * first, and since Lambda repeats an asynchronous invocation that threw (which stores the others a second time).
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';

  constructor({ undelivered, stored, received, rejections, delivery }: IngestResult, streamName: string) {
    const rejected = [...new Set(rejections.map((rejection) => rejection.index))];
    super(
      `Firehose stream ${streamName} did not store ${undelivered.length} of ${received} clicks after ${delivery.calls} ` +
        `calls (${delivery.lastError ?? 'no reason given'}). Not stored: index ${indexRanges(undelivered)}. ` +
        (rejected.length > 0 ? `Refused as invalid: index ${indexRanges(rejected)}. ` : '') +
        `Stored: ${stored}. ${delivery.retryable ? 'Send only those not stored again.' : 'Sending again cannot help.'}`,
    );
  }
}

/** The reply to a request whose clicks were read. */
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

/** The reply to a request that could not be read. */
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
  // A 2xx, so that an HTTP client which repeats failed requests does not store the good clicks twice.
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
