import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { COVID_PREFIXES } from '../../stacks/covid-permissions';
import type { CovidExport } from './covid-export';
import { GENERATED_PREFIX } from './covid-sample';
import { errorMessage, TaskError } from '../cli/errors';
import { listObjects } from '../aws/s3-objects';

/** S3 takes no more than this in one PutObject. */
const MAX_BYTES = 5 * 2 ** 30;

const PROGRESS_MS = 250;

/** What lies in raw/, by name below it. */
export interface RawFiles {
  readonly generated: readonly string[];
  readonly real: readonly string[];
}

/** Lists raw/, with generated sample data apart from other files, by their names. */
export async function listRaw(s3: S3, bucket: string): Promise<RawFiles> {
  const objects = await listObjects(s3, { Bucket: bucket, Prefix: COVID_PREFIXES.raw });
  const names = objects.map(({ Key }) => Key.slice(COVID_PREFIXES.raw.length));
  // The console makes empty objects that stand for folders.
  const files = names.filter((name) => name !== '' && !name.endsWith('/'));
  const isGenerated = (name: string): boolean => basename(name).startsWith(GENERATED_PREFIX);
  return { generated: files.filter(isGenerated), real: files.filter((name) => !isGenerated(name)) };
}

/** Deletes files of raw/; the bucket is versioned, so that each stays recoverable for 30 days. */
export async function removeRaw(s3: S3, bucket: string, names: readonly string[]): Promise<void> {
  // As many as DeleteObjects takes.
  for (let start = 0; start < names.length; start += 1000) {
    const keys = names.slice(start, start + 1000).map((name) => ({ Key: `${COVID_PREFIXES.raw}${name}` }));
    const { Errors = [] } = await s3.deleteObjects({
      Bucket: bucket,
      Delete: { Objects: keys, Quiet: true },
    });
    const [error] = Errors;
    if (error !== undefined) {
      throw new TaskError(
        `s3://${bucket}/${error.Key ?? ''} could not be removed: ${error.Code ?? ''} ${error.Message ?? ''}; ` +
          'nothing was uploaded.',
      );
    }
  }
}

/** How a file is loaded. */
export interface LoadOptions {
  /** Whether all other files are removed first. @default false */
  readonly replace?: boolean;
  /** Options by which covid:load reaches the bucket, for messages that propose a command. @default none */
  readonly taskOptions?: readonly string[];
  /** Gets the number of uploaded bytes now and then. */
  readonly onProgress?: (bytes: number) => void;
}

/** Throws a TaskError when real and generated data would lie side by side: one report would mix them. */
function refuseMixture(
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
    `s3://${bucket}/${COVID_PREFIXES.raw} holds ${there} data (${names}) and this is ${here} data: every report ` +
      `would mix the two. ${command} removes all that raw/ holds before it loads this ` +
      '(the bucket is versioned: it stays recoverable for 30 days).',
  );
}

/**
 * Uploads a checked file under its canonical name; the same file again replaces itself. Resolves with its s3:// URI.
 * `replace` first removes all other files: an upload can start the workflow, which reads what is there then.
 *
 * @throws TaskError when raw/ holds data of the other kind, or the file is not what was checked any more
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
    refuseMixture(bucket, raw, export_, taskOptions);
  }
  const key = `${COVID_PREFIXES.raw}${canonicalName}`;
  await put(s3, bucket, key, export_, onProgress);
  return `s3://${bucket}/${key}`;
}

async function checkSize({ file, bytes }: CovidExport): Promise<void> {
  if (bytes > MAX_BYTES) {
    throw new TaskError(`${file} has ${bytes} bytes; S3 takes 5 GiB in one piece. Split it by years.`);
  }
  const now = await stat(file).then(
    ({ size }) => `has ${size} bytes`,
    (error: unknown) => errorMessage(error),
  );
  if (now === `has ${bytes} bytes`) return;
  throw new TaskError(
    `${file} has changed since it was checked (${bytes} bytes; now: ${now}); run it again.`,
  );
}

async function put(
  s3: S3,
  bucket: string,
  key: string,
  { file, bytes, sha256 }: CovidExport,
  onProgress: LoadOptions['onProgress'],
): Promise<void> {
  // Bytes beyond the announced length would be taken for the next request on the connection.
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
        // S3 compares: what arrives is what was checked, or nothing is stored.
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
        // Names may hold letters that HTTP headers cannot.
        Metadata: { 'original-name': encodeURIComponent(basename(file)) },
      },
      // An upload may take hours; one that stands still ends by the limit of the socket.
      { requestTimeout: 0 },
    );
  } catch (error) {
    throw new TaskError(
      `${file} was not uploaded to s3://${bucket}/${key}, nothing of it is stored: ${errorMessage(error)}; run it again.`,
    );
  } finally {
    clearInterval(timer);
    body.destroy();
  }
}
