import type { LogTail } from './log-tail';
import { reasonFromLog } from './failure-reason';
import type { S3Location } from './log-locations';

/** Where the log of a failed step is, and its end. */
export interface StepLog extends LogTail {
  readonly folder: S3Location;
}

/** What YARN's client says when it hands the job over: whose logs to look at. */
const APPLICATION = /\bapplication_(\d+_\d+)\b/;

/** What a Python job prints as its last words: the exception's class and message. */
const PYTHON_ERROR = /^(?:\w+\.)*\w*(?:Error|Exception): .+$/;
/** Python's name for any exception of the JVM, which is told further down. */
const FROM_JVM = 'py4j.protocol.Py4JJavaError';

/** The exception, with its message, that has ended the driver whose log this is; undefined when the log tells none. */
export function printedError(lines: readonly string[]): string | undefined {
  const error = lines.findLast((line) => PYTHON_ERROR.test(line));
  const isJvm = error === undefined || error.startsWith(FROM_JVM);
  return (isJvm ? reasonFromLog(lines) : undefined) ?? error;
}

/** Folder of a cluster's logs below its LogUri; undefined when it keeps none in S3. */
export function clusterLogFolder(logUri: string | undefined, clusterId: string): S3Location | undefined {
  const [, bucket, prefix = ''] = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(logUri ?? '') ?? [];
  if (bucket === undefined) return undefined;
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return { bucket, key: `${folder}${clusterId}/` };
}

/**
 * The log that says why a step failed: the step's own when the driver ran in it. In cluster mode the driver runs in a container
 * of YARN, whose log has the reason; the step's own names that container, as it does in client mode, where the container is
 * only YARN's side of the job. What is not there (EMR uploads every few minutes) is no error.
 *
 * @param read the end of `stderr.gz` in a folder, or no lines and a note
 */
export async function readStepLog(
  clusterFolder: S3Location,
  stepId: string,
  read: (folder: S3Location) => Promise<LogTail>,
): Promise<StepLog> {
  const stepFolder = { ...clusterFolder, key: `${clusterFolder.key}steps/${stepId}/` };
  const step = await read(stepFolder);
  const id = step.lines.map((line) => APPLICATION.exec(line)?.[1]).findLast((found) => found !== undefined);
  const isDriver = step.lines.some((line) => PYTHON_ERROR.test(line));
  if (id === undefined || isDriver) return { ...step, folder: stepFolder };
  const container = `containers/application_${id}/container_${id}_01_000001/`;
  const driverFolder = { ...clusterFolder, key: clusterFolder.key + container };
  const driver = await read(driverFolder);
  return driver.lines.length > 0 ? { ...driver, folder: driverFolder } : { ...step, folder: stepFolder };
}
