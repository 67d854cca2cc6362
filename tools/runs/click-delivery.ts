import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { listObjects } from '../aws/s3-objects';
import type { Target } from '../aws/target';
import { waitFor } from '../aws/waiting';
import { ERROR_PREFIX } from '../../stacks/clicklogger-permissions';
import { TaskError } from '../cli/errors';
import type { DeliveryProblem } from './delivery-problems';
import { jsonText } from './json-text';

/** Prefix of the partitions by day of arrival. */
const PARTITION = 'clicklog/data=';

/** Firehose buffers up to 900 s; the emulator divides this by its clock factor. */
const MAX_DELIVERY_MS = 16 * 60_000;

/** The timeout of the function is 30 s; the rest is for a cold start. */
const MAX_INVOCATION_MS = 45_000;

const replySchema = jsonText.pipe(
  z.object({
    body: jsonText.pipe(
      z.object({
        status: z.string(),
        accepted: z.number(),
        rejected: z.array(z.object({ index: z.number(), field: z.string().nullable(), reason: z.string() })),
        message: z.string().optional(),
      }),
    ),
  }),
);

/** The response of the ingestion Lambda: the number of accepted clicks, and the invalid fields of rejected clicks. */
export type Ingestion = z.infer<typeof replySchema>['body'];

/** Sends the clicks to the ingestion Lambda. TaskError when the function fails. */
export async function sendClicks(
  { client }: Pick<Target, 'client'>,
  functionName: string,
  clicks: readonly unknown[],
): Promise<Ingestion> {
  const response = await client(Lambda).invoke(
    { FunctionName: functionName, Payload: JSON.stringify(clicks) },
    { requestTimeout: MAX_INVOCATION_MS },
  );
  const text = response.Payload?.transformToString() ?? '';
  if (response.FunctionError !== undefined) {
    throw new TaskError(`${functionName} failed (${response.FunctionError}): ${text}`);
  }
  const reply = replySchema.safeParse(text);
  if (!reply.success) throw new TaskError(`${functionName} returned an unexpected response: ${text}`);
  return reply.data.body;
}

/** One line per invalid field of each rejected click. */
export function describeRejections({ rejected, message }: Ingestion): string {
  const lines = rejected.map(
    ({ index, field, reason }) => `  index ${index}: ${field ?? 'the click'}: ${reason}`,
  );
  return [...(message === undefined ? [] : [`  ${message}`]), ...lines].join('\n');
}

/** Today in UTC, `YYYY-MM-DD`: the partition of clicks that arrive now. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The day of the partition of a delivered file, `YYYY-MM-DD`. */
export function dayOf(key: string): string {
  return key.slice(PARTITION.length, key.indexOf('/', PARTITION.length));
}

/** Keys of the files that were delivered on `firstDay` (`YYYY-MM-DD`) or later. */
export async function deliveredKeys(
  { client }: Pick<Target, 'client'>,
  bucket: string,
  firstDay: string,
): Promise<Set<string>> {
  const request = { Bucket: bucket, Prefix: PARTITION, StartAfter: `${PARTITION}${firstDay}/` };
  return new Set((await listObjects(client(S3), request)).map(({ Key }) => Key));
}

/** Firehose retries a failed delivery within this time; the local AWS retries every 1.5 s. */
const RECOVERY_MS = { aws: 120_000, local: 5_000 } as const;
const CHECK_MS = { aws: 15_000, local: 1_000 } as const;

export interface DeliveryWatch {
  readonly findProblems: () => Promise<readonly DeliveryProblem[]>;
  /** Receives the problems of each check. */
  readonly onProblems: (texts: readonly string[]) => void;
}

/**
 * Waits for a file that is not in `before` and resolves with its key. Clicks that are sent just before midnight may arrive
 * on the day after `firstDay`.
 *
 * @throws TaskError with the problems when they block the delivery for two minutes
 */
export async function waitForDelivery(
  target: Pick<Target, 'client' | 'kind'>,
  bucket: string,
  firstDay: string,
  before: ReadonlySet<string>,
  { limitMs = MAX_DELIVERY_MS, watch }: { readonly limitMs?: number; readonly watch?: DeliveryWatch } = {},
): Promise<string> {
  const check = watch && problemCheck(target, watch);
  return waitFor(
    target,
    `A new Parquet file in s3://${bucket}/${PARTITION}${firstDay}/`,
    async () => {
      const key = [...(await deliveredKeys(target, bucket, firstDay))].find((found) => !before.has(found));
      if (key === undefined) await check?.();
      return key;
    },
    {
      limitMs,
      hint: `s3://${bucket}/${ERROR_PREFIX}, the stream's log group and its state do not show a reason.`,
    },
  );
}

/** Checks for problems periodically; rejects when they persist. */
function problemCheck({ kind }: Pick<Target, 'kind'>, watch: DeliveryWatch): () => Promise<void> {
  let checkedAt = -Infinity;
  let failingSince: number | undefined;
  return async () => {
    const now = Date.now();
    if (now - checkedAt < CHECK_MS[kind]) return;
    checkedAt = now;
    const problems = await watch.findProblems();
    const texts = problems.map(({ text }) => text);
    watch.onProblems(texts);
    if (!problems.some(({ isBlocking }) => isBlocking)) {
      failingSince = undefined;
      return;
    }
    failingSince ??= now;
    if (now - failingSince < RECOVERY_MS[kind]) return;
    throw new TaskError(
      `The clicks were accepted, but Firehose does not deliver them:\n${texts.map((text) => `  ${text}`).join('\n')}\n` +
        'Fix the problem, or run the command again: it restores the resources of the stack. Firehose retries the delivery for ' +
        '24 hours; records that it could not convert stay in the bucket.',
    );
  };
}
