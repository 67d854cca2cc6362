import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { Context } from 'aws-lambda';
import { createClient, LAMBDA_LIMITS } from '../shared/aws-clients';
import { emit } from '../shared/embedded-metrics';
import { requiredVariable } from '../shared/environment';
import type { RecordStream } from './deliver';
import { ingest, type IngestResult } from './ingest';
import { metricLines, rejectedRequestLine } from './metric-lines';
import { parseEvent, RequestError } from './parse-event';
import { DeliveryError, type Reply, replyTo, replyToBadRequest } from './reply';

const streamName = requiredVariable('STREAM_NAME');
const metricScope = {
  namespace: requiredVariable('METRIC_NAMESPACE'),
  pipeline: requiredVariable('PIPELINE'),
};
const logger = new Logger({ serviceName: 'ingestion' });
// One attempt for each call: deliver.ts retries individual records.
const client = createClient(FirehoseClient, { maxAttempts: 1 });
const stream = firehoseStream(client, streamName);

/**
 * Stores the clicks of one event, and reports the result of each click.
 *
 * @param event one click, an array of clicks, or an HTTP event (Function URL, API Gateway, load balancer) with
 *   either.
 * @returns {@link Reply} with a `ReplyBody`: 200 all stored, 207 the good ones, 400 or 413 none; over HTTP also 503 or
 *   500 when the delivery failed.
 * @throws EventSourceError for a batch of a queue, a stream or an event bus.
 * @throws DeliveryError when the delivery of a direct invocation's clicks failed.
 */
export async function handler(event: unknown, context: Context): Promise<Reply> {
  logger.addContext(context);
  let request;
  try {
    request = parseEvent(event);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    logger.warn('request rejected', { statusCode: error.statusCode });
    emit(rejectedRequestLine(metricScope, Date.now()));
    return replyToBadRequest(error);
  }
  const result = await ingest(request.clicks, {
    stream,
    now: () => new Date(),
    retry: {
      maxAttempts: 5,
      baseDelayMs: 100,
      callTimeoutMs: LAMBDA_LIMITS.completeMs,
      timeLeftMs: () => context.getRemainingTimeInMillis(),
      sleep,
      random: Math.random,
    },
  });
  report(result);
  metricLines(result, metricScope, Date.now()).forEach(emit);
  if (result.undelivered.length > 0 && request.source === 'direct')
    throw new DeliveryError(result, streamName);
  return replyTo(result);
}

/** Logs counts and problem kinds, never contents: clicks contain users and IP addresses. */
function report({
  received,
  stored,
  rejections,
  undelivered,
  ignored,
  records,
  delivery,
}: IngestResult): void {
  const problems: Record<string, number> = {};
  for (const { field, kind } of rejections) {
    const key = `${field ?? 'click'}: ${kind}`;
    problems[key] = (problems[key] ?? 0) + 1;
  }
  const counts = { received, stored, undelivered: undelivered.length, records, calls: delivery.calls };
  const details = { ...counts, problems, ignoredNames: ignored.length };
  if (undelivered.length > 0)
    logger.error('clicks not delivered', { ...details, lastError: delivery.lastError });
  else if (rejections.length > 0) logger.warn('clicks stored, some rejected', details);
  else logger.info('clicks stored', details);
}

/** A Firehose stream that takes records directly (Direct PUT). */
function firehoseStream(client: FirehoseClient, streamName: string): RecordStream {
  return {
    async put(records) {
      const { RequestResponses: responses = [] } = await client.send(
        new PutRecordBatchCommand({
          DeliveryStreamName: streamName,
          Records: records.map((record) => ({ Data: record })),
        }),
      );
      // Only a record with an id is stored; the response may have fewer entries than the request.
      return records.map((_, position) => {
        const response = responses[position];
        return response?.RecordId ? undefined : (response?.ErrorCode ?? 'NoAnswerForRecord');
      });
    },
  };
}
