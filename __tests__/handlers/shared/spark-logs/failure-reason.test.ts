import { tailForReport } from '../../../../handlers/shared/spark-logs/failure-reason';

const FRAMES = ['\tat org.apache.spark.scheduler.Task.run(Task.scala:141)', '\t... 12 more'];
const SHUTDOWN = [
  '26/11/29 08:06:50 INFO ShutdownHookManager: Shutdown hook called',
  '26/11/29 08:06:50 INFO MetricsSystemImpl: s3a-file-system metrics system stopped.',
];
const BEFORE = '26/11/29 08:06:40 INFO DAGScheduler: Submitting 3 missing tasks';

describe('The last lines of a log', () => {
  test.each([
    ['of the click job', 'LoggregatorError: cannot read s3://bucket/x.parquet as Parquet'],
    ['of the JVM', 'Caused by: java.io.IOException: disk full'],
    ['of Python', 'ValueError: raw/x.csv: column 3 is missing'],
  ])('end with the error %s, without stack frames and shutdown messages.', (_, error) => {
    expect(tailForReport([BEFORE, error, ...FRAMES, ...SHUTDOWN])).toEqual([BEFORE, error]);
  });

  test('include warnings after an error.', () => {
    const warning = '26/11/29 08:06:50 WARN S3AInputStream: closing';
    const error = 'ValueError: x';
    expect(tailForReport([error, warning, ...SHUTDOWN])).toEqual([error, warning]);
  });

  test('include all messages of a log without an error.', () => {
    expect(tailForReport([BEFORE, ...SHUTDOWN])).toEqual([BEFORE, ...SHUTDOWN]);
  });

  test('are at most twenty, each with at most 1,000 characters.', () => {
    const lines = Array.from({ length: 30 }, (_, index) => String(index).padEnd(2_000, '.'));
    const found = tailForReport(lines);
    expect(found).toHaveLength(20);
    expect(found.at(-1)).toBe(`29${'.'.repeat(997)}…`);
  });
});
