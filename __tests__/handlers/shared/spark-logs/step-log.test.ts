import { clusterLogFolder, printedError, readStepLog } from '../../../../handlers/shared/spark-logs/step-log';
import type { LogTail } from '../../../../handlers/shared/spark-logs/log-tail';

const CLUSTER = { bucket: 'logs', key: 'logs/j-1/' };
const DRIVER = 'logs/j-1/containers/application_17_0001/container_17_0001_01_000001/';

/** Logs by folder; a folder without one has a note. */
const reader =
  (logs: Readonly<Record<string, readonly string[]>>) =>
  ({ key }: { readonly key: string }): Promise<LogTail> => {
    const lines = logs[key];
    return Promise.resolve(lines ? { lines, note: null } : { lines: [], note: 'no such object' });
  };

describe('the log of a failed step', () => {
  it('is the step’s own when the driver ran in it', async () => {
    const read = reader({ 'logs/j-1/steps/s-1/': ['ValueError: no'] });
    expect(await readStepLog(CLUSTER, 's-1', read)).toEqual({
      lines: ['ValueError: no'],
      note: null,
      folder: { bucket: 'logs', key: 'logs/j-1/steps/s-1/' },
    });
  });

  it('is the driver’s when YARN ran it in a container', async () => {
    const read = reader({
      'logs/j-1/steps/s-1/': ['INFO Submitted application application_17_0001'],
      [DRIVER]: ['ValueError: no'],
    });
    expect(await readStepLog(CLUSTER, 's-1', read)).toMatchObject({
      lines: ['ValueError: no'],
      folder: { key: DRIVER },
    });
  });

  it('is the step’s when that has the exception, though it names a container: the driver ran in it', async () => {
    const lines = ['INFO Client: Submitted application application_17_0001', 'ValueError: no'];
    const read = reader({ 'logs/j-1/steps/s-1/': lines, [DRIVER]: ['INFO Final app status: FAILED'] });
    expect(await readStepLog(CLUSTER, 's-1', read)).toMatchObject({
      lines,
      folder: { key: 'logs/j-1/steps/s-1/' },
    });
  });

  it('is the step’s when the container’s has not arrived', async () => {
    const lines = ['INFO Submitted application application_17_0001', 'exit code 1'];
    const log = await readStepLog(CLUSTER, 's-1', reader({ 'logs/j-1/steps/s-1/': lines }));
    expect(log.lines).toEqual(lines);
  });

  it('says that there is none', async () => {
    expect(await readStepLog(CLUSTER, 's-1', reader({}))).toMatchObject({
      lines: [],
      note: 'no such object',
    });
  });
});

describe('the exception in a log', () => {
  it.each<[string, string[], string | undefined]>([
    ['the last of Python', ['ValueError: a', 'INFO x', 'a.b.KeyError: b', 'INFO'], 'a.b.KeyError: b'],
    [
      'that of the JVM under one of Python',
      [
        'py4j.protocol.Py4JJavaError: An error occurred while calling o1.csv.',
        ': org.apache.spark.SparkException: Job aborted',
        'Caused by: java.io.IOException: disk full',
      ],
      'java.io.IOException: disk full',
    ],
    [
      'that of the JVM alone',
      ['Exception in thread "main" java.lang.OutOfMemoryError: Java heap space'],
      'java.lang.OutOfMemoryError: Java heap space',
    ],
    [
      'Python’s word for the JVM when that is all',
      ['py4j.protocol.Py4JJavaError: An error'],
      'py4j.protocol.Py4JJavaError: An error',
    ],
    ['none', ['INFO exit code 1'], undefined],
  ])('is %s', (_, lines, expected) => {
    expect(printedError(lines)).toBe(expected);
  });
});

describe('the folder of a cluster’s logs', () => {
  it.each([
    ['s3://logs/logs/', 'logs/j-1/'],
    ['s3n://logs/logs', 'logs/j-1/'],
    ['s3a://logs', 'j-1/'],
  ])('below %s is %s', (uri, key) => {
    expect(clusterLogFolder(uri, 'j-1')).toEqual({ bucket: 'logs', key });
  });

  it('is not there without a log URI', () => {
    expect(clusterLogFolder(undefined, 'j-1')).toBeUndefined();
  });
});
