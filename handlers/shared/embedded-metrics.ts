/** One metric of a log line. */
export interface Metric {
  readonly value: number;
  readonly unit: 'Count' | 'None';
}

/**
 * A log line in CloudWatch's embedded metric format: CloudWatch Logs makes the metrics of it, without an API call.
 * Written by hand because it is one pure function: Powertools' Metrics keeps state between invocations, adds a
 * dimension of its own, and has to be flushed on every way out.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @param dimensions one set for all metrics of the line; no name of a metric may be among them
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

/** Writes past Lambda's console, which would wrap the line into another JSON object, where nobody looks for metrics. */
export function emit(line: string): void {
  process.stdout.write(`${line}\n`);
}
