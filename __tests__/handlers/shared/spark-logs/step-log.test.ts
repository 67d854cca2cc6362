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
    ['the log of the step in client mode', { [STEP]: ['ValueError: no'] }, STEP],
    ['the log of the container in cluster mode', { [STEP]: [SUBMITTED], [DRIVER]: ['x'] }, DRIVER],
    [
      'the log of the step when it has the exception and an application id',
      { [STEP]: [SUBMITTED, 'ValueError: no'], [DRIVER]: ['INFO Final app status: FAILED'] },
      STEP,
    ],
    ['the log of the step without a log of the container', { [STEP]: [SUBMITTED, 'exit code 1'] }, STEP],
    ['a note without a log', {}, STEP],
  ])('is %s.', async (_, logs, key) => {
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
  ['the last Python exception', ['ValueError: a', 'INFO x', 'a.b.KeyError: b', 'INFO'], 'a.b.KeyError: b'],
  [
    'the cause of a JVM exception in Python',
    [
      'py4j.protocol.Py4JJavaError: An error occurred while calling o1.csv.',
      ': org.apache.spark.SparkException: Job aborted',
      'Caused by: java.io.IOException: disk full',
    ],
    'java.io.IOException: disk full',
  ],
  [
    'a JVM exception in Python without a cause',
    [
      'py4j.protocol.Py4JJavaError: An error occurred while calling o65.open.',
      ': java.io.FileNotFoundException: No such file or directory: s3://b/raw/x.csv',
      '\tat org.apache.hadoop.fs.s3a.S3AFileSystem.open(S3AFileSystem.java:1625)',
    ],
    'java.io.FileNotFoundException: No such file or directory: s3://b/raw/x.csv',
  ],
  [
    'a JVM exception in Python without a message',
    [
      'py4j.protocol.Py4JJavaError: An error occurred while calling o65.open.',
      ': java.lang.NullPointerException',
    ],
    'java.lang.NullPointerException',
  ],
  [
    'the exception of a JVM thread',
    ['Exception in thread "dispatcher-1" java.lang.OutOfMemoryError: Java heap space'],
    'java.lang.OutOfMemoryError: Java heap space',
  ],
  [
    'the Python exception when there is no JVM exception',
    ['py4j.protocol.Py4JJavaError: An error'],
    'py4j.protocol.Py4JJavaError: An error',
  ],
  ['undefined when there is none', ['INFO exit code 1'], undefined],
])('The exception in a log is %s.', (_, lines, expected) => {
  expect(printedError(lines)).toBe(expected);
});

test.each([
  ['s3://logs/logs/', { bucket: 'logs', key: 'logs/j-1/' }],
  ['s3n://logs/logs', { bucket: 'logs', key: 'logs/j-1/' }],
  ['s3a://logs', { bucket: 'logs', key: 'j-1/' }],
  [undefined, undefined],
])('The folder of the logs of a cluster with the log URI %s is %j.', (uri, folder) => {
  expect(clusterLogFolder(uri, 'j-1')).toEqual(folder);
});
