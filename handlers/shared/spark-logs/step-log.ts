import type { LogTail } from './driver-log';
import { hasPythonError } from './failure-reason';
import type { S3Location } from './log-locations';

/** The end of the log of a failed step, and its folder. */
export interface StepLog extends LogTail {
  readonly folder: S3Location;
}

/** Application id in the log of the YARN client. */
const APPLICATION = /\bapplication_(\d+_\d+)\b/;

/**
 * The log with the reason of a failed step. In client mode it is the log of the step. In cluster mode the driver runs in a YARN
 * container, and the log of the step contains its application id. In client mode the log contains an application id too, but its
 * container does not run the driver. A missing log is not an error, because EMR uploads logs every few minutes.
 *
 * @param read returns the end of `stderr.gz` in a folder, or no lines and a note
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
