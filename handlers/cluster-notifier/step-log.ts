import type { LogTail } from '../job-status/driver-log';
import type { S3Location } from '../job-status/log-locations';

/** Where the log of a failed step is, and its end. */
export interface StepLog extends LogTail {
  readonly folder: S3Location;
}

/** What YARN's client says when it hands the job over: whose logs to look at. */
const APPLICATION = /\bapplication_(\d+_\d+)\b/;

/** Folder of a cluster's logs below its LogUri; undefined when it keeps none in S3. */
export function clusterLogFolder(logUri: string | undefined, clusterId: string): S3Location | undefined {
  const [, bucket, prefix = ''] = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(logUri ?? '') ?? [];
  if (bucket === undefined) return undefined;
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return { bucket, key: `${folder}${clusterId}/` };
}

/**
 * The log that says why a step failed. In cluster mode the driver runs in a container of YARN, whose log has the reason;
 * the step's own log names that container. What is not there (EMR uploads every few minutes) is no error.
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
  if (id === undefined) return { ...step, folder: stepFolder };
  const container = `containers/application_${id}/container_${id}_01_000001/`;
  const driverFolder = { ...clusterFolder, key: clusterFolder.key + container };
  const driver = await read(driverFolder);
  return driver.lines.length > 0 ? { ...driver, folder: driverFolder } : { ...step, folder: stepFolder };
}
