import { embeddedMetrics } from '../shared/embedded-metrics';
import type { IngestResult } from './ingest';

/** Where the metrics of a deployment go. */
export interface MetricScope {
  readonly namespace: string;
  /** Value of the dimension `Pipeline`. */
  readonly pipeline: string;
}

/** What became of the clicks of one request; then, for each kind of problem, how many clicks were rejected for it. */
export function metricLines(
  result: IngestResult,
  { namespace, pipeline: Pipeline }: MetricScope,
  timestamp: number,
): string[] {
  const { stored, rejections, undelivered, records, delivery } = result;
  const totals = embeddedMetrics(
    namespace,
    { Pipeline },
    {
      ClicksAccepted: { value: stored, unit: 'Count' },
      // A click with several problems is one.
      ClicksRejected: { value: new Set(rejections.map(({ index }) => index)).size, unit: 'Count' },
      ClicksUndelivered: { value: undelivered.length, unit: 'Count' },
      RecordsPacked: { value: records, unit: 'Count' },
      DeliveryRetries: { value: delivery.retries, unit: 'Count' },
    },
    timestamp,
  );
  const kinds = [...new Set(rejections.map(({ kind }) => kind))];
  const byReason = kinds.map((Reason) => {
    const clicks = new Set(rejections.filter(({ kind }) => kind === Reason).map(({ index }) => index));
    const metrics = { ClicksRejected: { value: clicks.size, unit: 'Count' } } as const;
    return embeddedMetrics(namespace, { Pipeline, Reason }, metrics, timestamp);
  });
  return [totals, ...byReason];
}

/** A request that could not be read, and so has no clicks to count. */
export function refusedRequestLine(
  { namespace, pipeline: Pipeline }: MetricScope,
  timestamp: number,
): string {
  return embeddedMetrics(
    namespace,
    { Pipeline },
    { RequestsRefused: { value: 1, unit: 'Count' } },
    timestamp,
  );
}
