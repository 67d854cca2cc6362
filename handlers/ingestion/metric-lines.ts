import { embeddedMetrics } from '../shared/embedded-metrics';
import type { IngestResult } from './ingest';

/** Namespace and dimension of the metrics of a deployment. */
export interface MetricScope {
  readonly namespace: string;
  /** Value of the dimension `Pipeline`. */
  readonly pipeline: string;
}

/** Totals of one request, and the number of rejected clicks for each kind of problem. */
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
      // A click with several problems counts once.
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

/** Metric of a request that could not be parsed. */
export function rejectedRequestLine(
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
