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

/** Followed by the day of arrival. */
const PARTITION = 'clicklog/data=';

/** Firehose buffers up to 900 s; the emulator shortens that by its clock factor, AWS does not. */
const MAX_DELIVERY_MS = 16 * 60_000;

/** The function ends after 30 s; starting it takes the rest, at most. */
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

/** The reply of the ingestion Lambda: how many clicks it accepted, and each bad field of those that it refused. */
export type Ingestion = z.infer<typeof replySchema>['body'];

/** Sends the clicks to the ingestion Lambda. Rejects with its error when it failed as a whole. */
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
  if (!reply.success) throw new TaskError(`${functionName} answered something unexpected: ${text}`);
  return reply.data.body;
}

/** One line per bad field of each refused click. */
export function describeRejections({ rejected, message }: Ingestion): string {
  const lines = rejected.map(
    ({ index, field, reason }) => `  index ${index}: ${field ?? 'the click'}: ${reason}`,
  );
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
export async function deliveredKeys(
  { client }: Pick<Target, 'client'>,
  bucket: string,
  firstDay: string,
): Promise<Set<string>> {
  const request = { Bucket: bucket, Prefix: PARTITION, StartAfter: `${PARTITION}${firstDay}/` };
  return new Set((await listObjects(client(S3), request)).map(({ Key }) => Key));
}

/** AWS's delivery fails again within this, when it does not recover; the local AWS repeats it each 1.5 s. */
const RECOVERY_MS = { aws: 120_000, local: 5_000 } as const;
const CHECK_MS = { aws: 15_000, local: 1_000 } as const;

/** What is watched while a file is waited for. */
export interface DeliveryWatch {
  readonly findProblems: () => Promise<readonly DeliveryProblem[]>;
  /** Gets each time what is found: empty when all is well. */
  readonly onProblems: (texts: readonly string[]) => void;
}

/**
 * Waits until there is a file that was not among `before`; resolves with its key. Clicks of just before midnight may
 * arrive on the day after `firstDay`.
 *
 * @throws TaskError with the cause when what `watch` finds has kept the clicks from arriving for two minutes
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
      hint: `Nothing was found below s3://${bucket}/${ERROR_PREFIX}, in the stream's log group or in its state that says why.`,
    },
  );
}

/** Looks for problems now and then; its promise rejects once they have lasted. */
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
    if (!problems.some(({ isOurs }) => isOurs)) {
      failingSince = undefined;
      return;
    }
    failingSince ??= now;
    if (now - failingSince < RECOVERY_MS[kind]) return;
    throw new TaskError(
      `The clicks were accepted, but Firehose does not deliver them:\n${texts.map((text) => `  ${text}`).join('\n')}\n` +
        'Correct what is named, or run the command again: it restores what the stack declares. Firehose keeps what it cannot ' +
        'deliver for 24 hours and tries again; what it could not convert stays in the bucket.',
    );
  };
}
