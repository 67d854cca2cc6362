import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { deployCommand } from '../../config/task-command';
import { COVID_PREFIXES } from '../../stacks/covid-permissions';
import { errorFacts } from '../aws/aws-errors';
import { listObjects } from '../aws/s3-objects';
import type { Target } from '../aws/target';
import { errorMessage, TaskError } from '../cli/errors';
import type { CovidExport } from './covid-export';
import { GENERATED_PREFIX } from './covid-sample';

/** Maximum size of a PutObject request. */
const MAX_BYTES = 5 * 2 ** 30;

const PROGRESS_MS = 250;

/** The data bucket of the covid stack. TaskError when it does not exist or access is denied. */
export async function covidDataBucket(target: Target): Promise<string> {
  const bucket = target.names.bucket('covid-data');
  try {
    await target.client(S3).headBucket({ Bucket: bucket });
    return bucket;
  } catch (error) {
    const { status } = errorFacts(error);
    if (status === 404) {
      throw new TaskError(
        `The bucket ${bucket} of ${target.description} does not exist. Deploy the covid stack first, with ` +
          `${deployCommand(target.stage, target.kind)}. ` +
          'Use --stage for another stage, AWS_REGION for another region.',
      );
    }
    if (status === 403) {
      throw new TaskError(
        `Access to the bucket ${bucket} of ${target.description} is denied. ` +
          'The credentials need s3:ListBucket and s3:PutObject.',
      );
    }
    throw error;
  }
}

export interface RawFiles {
  readonly generated: readonly string[];
  readonly real: readonly string[];
}

export async function listRaw(s3: S3, bucket: string): Promise<RawFiles> {
  const objects = await listObjects(s3, { Bucket: bucket, Prefix: COVID_PREFIXES.raw });
  const names = objects.map(({ Key }) => Key.slice(COVID_PREFIXES.raw.length));
  // The S3 console creates empty objects as folders.
  const files = names.filter((name) => name !== '' && !name.endsWith('/'));
  const isGenerated = (name: string): boolean => basename(name).startsWith(GENERATED_PREFIX);
  return { generated: files.filter(isGenerated), real: files.filter((name) => !isGenerated(name)) };
}

/** Deletes files in raw/. The bucket is versioned: they stay recoverable for 30 days. */
async function removeRaw(s3: S3, bucket: string, names: readonly string[]): Promise<void> {
  // The limit of DeleteObjects.
  for (let start = 0; start < names.length; start += 1000) {
    const keys = names.slice(start, start + 1000).map((name) => ({ Key: `${COVID_PREFIXES.raw}${name}` }));
    const { Errors = [] } = await s3.deleteObjects({
      Bucket: bucket,
      Delete: { Objects: keys, Quiet: true },
    });
    const [error] = Errors;
    if (error !== undefined) {
      throw new TaskError(
        `s3://${bucket}/${error.Key ?? ''} could not be deleted: ${error.Code ?? ''} ${error.Message ?? ''}. ` +
          'Nothing was uploaded.',
      );
    }
  }
}

export interface LoadOptions {
  /** Whether all other files are removed first. @default false */
  readonly replace?: boolean;
  /** Options of covid:load for this bucket, for messages with a command. @default none */
  readonly taskOptions?: readonly string[];
  /** Receives the number of uploaded bytes periodically. */
  readonly onProgress?: (bytes: number) => void;
}

/** TaskError when raw/ would contain real and generated data: a report would mix them. */
function rejectMixture(
  bucket: string,
  raw: RawFiles,
  { generated }: CovidExport,
  taskOptions: readonly string[],
): void {
  const others = generated ? raw.real : raw.generated;
  if (others.length === 0) return;
  const [there, here] = generated ? ['real', 'generated sample'] : ['generated sample', 'real'];
  const names = others.slice(0, 5).join(', ') + (others.length > 5 ? ` and ${others.length - 5} more` : '');
  const command = [
    'npm run covid:load --',
    ...taskOptions,
    '--replace',
    generated ? '--sample' : 'FILE',
  ].join(' ');
  throw new TaskError(
    `s3://${bucket}/${COVID_PREFIXES.raw} contains ${there} data (${names}), but this file has ${here} data. Reports would ` +
      `mix them. ${command} deletes the files in raw/ first (they stay recoverable for 30 days).`,
  );
}

/**
 * Uploads a checked file under its canonical name. Resolves with its s3:// URI. `replace` removes the other files before the
 * upload, because the upload can start the workflow.
 *
 * @throws TaskError when raw/ contains data of the other kind, or the file has changed since the check
 */
export async function uploadExport(
  s3: S3,
  bucket: string,
  export_: CovidExport,
  { replace = false, taskOptions = [], onProgress }: LoadOptions = {},
): Promise<string> {
  const { canonicalName } = export_;
  await checkSize(export_);
  const raw = await listRaw(s3, bucket);
  if (replace) {
    const others = [...raw.generated, ...raw.real].filter((name) => name !== canonicalName);
    await removeRaw(s3, bucket, others);
  } else {
    rejectMixture(bucket, raw, export_, taskOptions);
  }
  const key = `${COVID_PREFIXES.raw}${canonicalName}`;
  await put(s3, bucket, key, export_, onProgress);
  return `s3://${bucket}/${key}`;
}

async function checkSize({ file, bytes }: CovidExport): Promise<void> {
  if (bytes > MAX_BYTES) {
    throw new TaskError(
      `${file} has ${bytes} bytes; the limit of an upload is 5 GiB. Split the file by years.`,
    );
  }
  const now = await stat(file).then(
    ({ size }) => `has ${size} bytes`,
    (error: unknown) => errorMessage(error),
  );
  if (now === `has ${bytes} bytes`) return;
  throw new TaskError(
    `${file} has changed since the check (${bytes} bytes; now: ${now}). Run the task again.`,
  );
}

async function put(
  s3: S3,
  bucket: string,
  key: string,
  { file, bytes, sha256 }: CovidExport,
  onProgress: LoadOptions['onProgress'],
): Promise<void> {
  // Bytes beyond the Content-Length would be read as the next request of the connection.
  const body = createReadStream(file, { end: bytes - 1 });
  const timer = setInterval(() => onProgress?.(body.bytesRead), PROGRESS_MS);
  try {
    await s3.putObject(
      {
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentLength: bytes,
        ContentType: 'text/csv; charset=utf-8',
        // S3 rejects an upload with other content than the checked one.
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
        // HTTP headers are limited to ASCII.
        Metadata: { 'original-name': encodeURIComponent(basename(file)) },
      },
      // An upload can take hours; the socket timeout ends a stalled one.
      { requestTimeout: 0 },
    );
  } catch (error) {
    throw new TaskError(
      `${file} was not uploaded to s3://${bucket}/${key}: ${errorMessage(error)}. No object was stored. Run the task again.`,
    );
  } finally {
    clearInterval(timer);
    body.destroy();
  }
}
