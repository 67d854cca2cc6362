export interface Metric {
  readonly value: number;
  readonly unit: 'Count' | 'None';
}

/**
 * A log line in the embedded metric format, from which CloudWatch Logs extracts metrics. Metrics of Powertools keeps state between
 * invocations, adds a dimension, and must be flushed before every return.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @param dimensions of all metrics of the line; must not contain the name of a metric
 */
export function embeddedMetrics(
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
  metrics: Readonly<Record<string, Metric>>,
  timestamp: number,
): string {
  const values = Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
  const directive = {
    Namespace: namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: Object.entries(metrics).map(([Name, { unit: Unit }]) => ({ Name, Unit })),
  };
  return JSON.stringify({
    _aws: { Timestamp: timestamp, CloudWatchMetrics: [directive] },
    ...dimensions,
    ...values,
  });
}

/** Writes to stdout directly: the console of Lambda wraps the line in a JSON object, which hides the metrics. */
export function emit(line: string): void {
  process.stdout.write(`${line}\n`);
}
