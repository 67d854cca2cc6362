import type { JobRun } from '@aws-sdk/client-emr-serverless';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { type LogTail, readTail } from './log-tail';
import { type S3Location, toUri } from './log-locations';

/** The end of the driver's stderr, as far as it is in S3. */
export interface DriverLog extends LogTail {
  /** Whether lines may yet come: EMR Serverless writes log files every so often, also after the end of the job run. */
  readonly pending: boolean;
}

/** What shows whether a log is complete. */
type Span = Partial<Pick<JobRun, 'startedAt' | 'endedAt'>>;

/**
 * The end of the driver's stderr in S3. A log that is missing or cannot be read is no error, since the state of the job
 * run matters more than its log: the note says what happened.
 *
 * @param folder the SPARK_DRIVER folder; `undefined` when the job run keeps no logs in S3.
 * @param signal ends the reading early, with what has been read by then.
 * @param span when the job run began and ended: a log written before the end may lack the last lines, and a run that
 *   has not begun has no log.
 */
export async function fetchDriverLog(
  client: S3Client,
  folder: S3Location | undefined,
  signal: AbortSignal,
  span: Span = {},
): Promise<DriverLog> {
  if (folder === undefined) return { lines: [], note: 'The job run keeps no logs in S3.', pending: false };
  const object = { bucket: folder.bucket, key: `${folder.key}stderr.gz` };
  try {
    const { Body: body, LastModified: writtenAt } = await client.send(
      new GetObjectCommand({ Bucket: object.bucket, Key: object.key }),
    );
    const pending = isBefore(writtenAt, span.endedAt);
    if (!(body instanceof Readable)) return { lines: [], note: `${toUri(object)} is empty.`, pending };
    return { ...(await readTail(body, signal)), pending };
  } catch (error) {
    const note = `${toUri(object)} cannot be read: ${explain(error)}`;
    return { lines: [], note, pending: isMissing(error) && span.startedAt !== undefined };
  }
}

/** S3 gives whole seconds, rounded down: a log of the last second counts as earlier, and is looked at once more. */
function isBefore(writtenAt: Date | undefined, end: Date | undefined): boolean {
  return writtenAt !== undefined && end !== undefined && writtenAt.getTime() < end.getTime();
}

/** S3 answers 403 instead of 404 to a role that may not list the bucket. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey';
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isMissing(error)) {
    return 'there is no such object. The driver never started, or its log has not arrived yet.';
  }
  return `${error.name}: ${error.message}`;
}
