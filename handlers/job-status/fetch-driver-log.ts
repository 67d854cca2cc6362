import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { type LogTail, readTail } from './driver-log';
import { type S3Location, toUri } from './log-locations';

/**
 * The end of the driver's stderr in S3. A log that is missing or cannot be read is no error, since the state of the job
 * run matters more than its log: the note says what happened.
 *
 * @param folder the SPARK_DRIVER folder; `undefined` when the job run keeps no logs in S3.
 * @param signal ends the reading early, with what has been read by then.
 */
export async function fetchDriverLog(
  client: S3Client,
  folder: S3Location | undefined,
  signal: AbortSignal,
): Promise<LogTail> {
  if (folder === undefined) return { lines: [], note: 'The job run keeps no logs in S3.' };
  const object = { bucket: folder.bucket, key: `${folder.key}stderr.gz` };
  try {
    const { Body: body } = await client.send(
      new GetObjectCommand({ Bucket: object.bucket, Key: object.key }),
    );
    if (!(body instanceof Readable)) return { lines: [], note: `${toUri(object)} is empty.` };
    return await readTail(body, signal);
  } catch (error) {
    return { lines: [], note: `${toUri(object)} cannot be read: ${explain(error)}` };
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // S3 answers 403 instead of 404 to a role that may not list the bucket.
  if (error.name === 'NoSuchKey') {
    return 'there is no such object. The driver never started, or its log has not arrived yet.';
  }
  return `${error.name}: ${error.message}`;
}
