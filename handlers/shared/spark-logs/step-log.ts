import type { LogTail } from './driver-log';
import { hasPythonError } from './failure-reason';
import type { S3Location } from './log-locations';

/** The end of a failed step's log, and its folder. */
export interface StepLog extends LogTail {
  readonly folder: S3Location;
}

/** How YARN's client names the application that it has submitted, whose logs have the reason. */
const APPLICATION = /\bapplication_(\d+_\d+)\b/;

/**
 * The log that has the reason of a step's failure: the step's own when the driver ran in it. In cluster mode the driver
 * runs in a container of YARN, whose log has the reason; the step's own names that container, as it does in client mode,
 * where the container is only YARN's side of the job. A missing log is not an error: EMR uploads every few minutes.
 *
 * @param read the end of `stderr.gz` in a folder, or no lines and a note
 */
export async function readStepLog(
  clusterFolder: S3Location,
  stepId: string,
  read: (folder: S3Location) => Promise<LogTail>,
): Promise<StepLog> {
  const stepFolder = { ...clusterFolder, key: `${clusterFolder.key}steps/${stepId}/` };
  const stepLog = { ...(await read(stepFolder)), folder: stepFolder };
  const id = stepLog.lines
    .map((line) => APPLICATION.exec(line)?.[1])
    .findLast((found) => found !== undefined);
  if (id === undefined || hasPythonError(stepLog.lines)) return stepLog;
  const container = `containers/application_${id}/container_${id}_01_000001/`;
  const folder = { ...clusterFolder, key: clusterFolder.key + container };
  const driverLog = await read(folder);
  return driverLog.lines.length > 0 ? { ...driverLog, folder } : stepLog;
}
