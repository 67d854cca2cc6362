import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { errorMessage, TaskError } from '../cli/errors';

const POLL_MS = 500;
/** Followed by the day of arrival. */
const PARTITION = 'clicklog/data=';

/** Firehose buffers up to 900 s; the emulator shortens that by its clock factor, AWS does not. */
const DELIVERY_MS = 16 * 60_000;

/** Text that is JSON, as what it stands for; other text is an issue, not an exception. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: errorMessage(error) });
    return z.NEVER;
  }
});

const replySchema = json.pipe(
  z.object({
    body: json.pipe(
      z.object({
        status: z.string(),
        accepted: z.number(),
        rejected: z.array(z.object({ index: z.number(), field: z.string(), reason: z.string() })),
        message: z.string().optional(),
      }),
    ),
  }),
);

/** What the ingestion Lambda says of the clicks: how many it took, and each bad field of those that it refused. */
export type Ingestion = z.infer<typeof replySchema>['body'];

/** Hands the clicks to the ingestion Lambda. Rejects with its error when it failed as a whole. */
export async function sendClicks(
  lambda: LambdaClient,
  functionName: string,
  clicks: readonly unknown[],
): Promise<Ingestion> {
  const response = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(clicks) }),
  );
  const text = response.Payload?.transformToString() ?? '';
  if (response.FunctionError !== undefined) {
    throw new TaskError(`${functionName} failed (${response.FunctionError}): ${text}`);
  }
  const reply = replySchema.safeParse(text);
  if (!reply.success) throw new TaskError(`${functionName} answered something unexpected: ${text}`);
  return reply.data.body;
}

/** One line per bad field of each refused click. */
export function describeRejections({ rejected, message }: Ingestion): string {
  const lines = rejected.map(({ index, field, reason }) => `  index ${index}: ${field}: ${reason}`);
  return [...(message === undefined ? [] : [`  ${message}`]), ...lines].join('\n');
}

/** Today in UTC, `YYYY-MM-DD`: the day by which clicks that arrive now are kept. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The day by which a delivered file is kept, `YYYY-MM-DD`. */
export function dayOf(key: string): string {
  return key.slice(PARTITION.length, key.indexOf('/', PARTITION.length));
}

/** Keys of what was delivered on `firstDay` (`YYYY-MM-DD`) or later. */
export async function deliveredKeys(s3: S3Client, bucket: string, firstDay: string): Promise<Set<string>> {
  const keys = new Set<string>();
  const request = { Bucket: bucket, Prefix: PARTITION, StartAfter: `${PARTITION}${firstDay}/` };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, request)) {
    for (const { Key } of Contents) if (Key !== undefined) keys.add(Key);
  }
  return keys;
}

/**
 * Waits until there is a file that was not among `before`; resolves with its key. Clicks of just before midnight may
 * arrive on the day after `firstDay`.
 */
export async function waitForDelivery(
  s3: S3Client,
  bucket: string,
  firstDay: string,
  before: ReadonlySet<string>,
): Promise<string> {
  const deadline = Date.now() + DELIVERY_MS;
  while (Date.now() < deadline) {
    const [key] = [...(await deliveredKeys(s3, bucket, firstDay))].filter((found) => !before.has(found));
    if (key !== undefined) return key;
    await sleep(POLL_MS);
  }
  throw new TaskError(
    `No new Parquet file in s3://${bucket}/${PARTITION}${firstDay}/ within ${DELIVERY_MS / 60_000} minutes. ` +
      `Look below s3://${bucket}/ for an error prefix, which says why Firehose refused a record.`,
  );
}
