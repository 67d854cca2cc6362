import type { LogTail } from '../../../../handlers/shared/spark-logs/driver-log';
import { printedError } from '../../../../handlers/shared/spark-logs/failure-reason';
import { clusterLogFolder } from '../../../../handlers/shared/spark-logs/log-locations';
import { readStepLog } from '../../../../handlers/shared/spark-logs/step-log';

const CLUSTER = { bucket: 'logs', key: 'logs/j-1/' };
const STEP = 'logs/j-1/steps/s-1/';
const DRIVER = 'logs/j-1/containers/application_17_0001/container_17_0001_01_000001/';
const SUBMITTED = 'INFO Client: Submitted application application_17_0001';

describe('The log of a failed step', () => {
  test.each<[string, Record<string, string[]>, string]>([
    ['the step’s own when the driver ran in it', { [STEP]: ['ValueError: no'] }, STEP],
    ['the driver’s when YARN ran it in a container', { [STEP]: [SUBMITTED], [DRIVER]: ['x'] }, DRIVER],
    [
      'the step’s when that has the exception, though it names a container',
      { [STEP]: [SUBMITTED, 'ValueError: no'], [DRIVER]: ['INFO Final app status: FAILED'] },
      STEP,
    ],
    ['the step’s when the container’s has not arrived', { [STEP]: [SUBMITTED, 'exit code 1'] }, STEP],
    ['a note when there is none', {}, STEP],
  ])('is %s', async (_, logs, key) => {
    const read = (folder: { readonly key: string }): Promise<LogTail> => {
      const lines = logs[folder.key];
      return Promise.resolve(lines ? { lines, note: null } : { lines: [], note: 'no such object' });
    };
    expect(await readStepLog(CLUSTER, 's-1', read)).toEqual({
      lines: logs[key] ?? [],
      note: logs[key] ? null : 'no such object',
      folder: { bucket: 'logs', key },
    });
  });
});

test.each<[string, string[], string | undefined]>([
  ['the last one of Python', ['ValueError: a', 'INFO x', 'a.b.KeyError: b', 'INFO'], 'a.b.KeyError: b'],
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
    'that of the JVM under one of Python, without a cause of its own',
    [
      'py4j.protocol.Py4JJavaError: An error occurred while calling o65.open.',
      ': java.io.FileNotFoundException: No such file or directory: s3://b/raw/x.csv',
      '\tat org.apache.hadoop.fs.s3a.S3AFileSystem.open(S3AFileSystem.java:1625)',
    ],
    'java.io.FileNotFoundException: No such file or directory: s3://b/raw/x.csv',
  ],
  [
    'that of the JVM without a message',
    [
      'py4j.protocol.Py4JJavaError: An error occurred while calling o65.open.',
      ': java.lang.NullPointerException',
    ],
    'java.lang.NullPointerException',
  ],
  [
    'that of another thread of the JVM',
    ['Exception in thread "dispatcher-1" java.lang.OutOfMemoryError: Java heap space'],
    'java.lang.OutOfMemoryError: Java heap space',
  ],
  ['that of the JVM alone', ['Exception in thread "main" java.lang.Error: heap'], 'java.lang.Error: heap'],
  [
    'Python’s word for the JVM when that is all',
    ['py4j.protocol.Py4JJavaError: An error'],
    'py4j.protocol.Py4JJavaError: An error',
  ],
  ['undefined without one', ['INFO exit code 1'], undefined],
])('The exception in a log is %s', (_, lines, expected) => {
  expect(printedError(lines)).toBe(expected);
});

test.each([
  ['s3://logs/logs/', { bucket: 'logs', key: 'logs/j-1/' }],
  ['s3n://logs/logs', { bucket: 'logs', key: 'logs/j-1/' }],
  ['s3a://logs', { bucket: 'logs', key: 'j-1/' }],
  [undefined, undefined],
])('The folder of a cluster’s logs with the log URI %s is %j', (uri, folder) => {
  expect(clusterLogFolder(uri, 'j-1')).toEqual(folder);
});
