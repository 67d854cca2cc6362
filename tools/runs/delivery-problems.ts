import { CloudWatchLogs, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import {
  type DeliveryStreamDescription,
  type ExtendedS3DestinationDescription,
  Firehose,
} from '@aws-sdk/client-firehose';
import { Glue } from '@aws-sdk/client-glue';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { CLICK_PREFIX, ERROR_PREFIX } from '../../stacks/clicklogger-permissions';
import { errorFacts, ignoreNotFound, isNotFound } from '../aws/aws-errors';
import { listObjects, readObject } from '../aws/s3-objects';
import type { Target } from '../aws/target';
import { errorMessage } from '../cli/errors';
import { jsonText } from './json-text';

export interface DeliveryProblem {
  readonly text: string;
  /** Whether it prevents the delivery of these clicks; false when it may affect other clicks only. */
  readonly isBlocking: boolean;
}

export interface SentClicks {
  readonly bucket: string;
  /** `YYYY-MM-DD` in UTC. */
  readonly firstDay: string;
  readonly since: Date;
  readonly clicks: readonly unknown[];
}

type Place = Pick<Target, 'client' | 'names'>;

/** The only error prefix of the stream: format conversion is its only processing. */
const FAILED_CONVERSION = `${ERROR_PREFIX}format-conversion-failed/`;
const MAX_ERROR_FILES = 5;
const MAX_EVENTS = 100;

/** https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html */
const failedRecord = jsonText.pipe(
  z.looseObject({
    lastErrorCode: z.string().optional(),
    lastErrorMessage: z.string().optional(),
    rawData: z.string().optional(),
  }),
);
/** https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html */
const logEvent = jsonText.pipe(z.looseObject({ errorCode: z.string(), message: z.string() }));

/**
 * Finds the problems of a delivery in the state of the stream, its role and table, its log, and its error files. Sources
 * without read permission are skipped.
 */
export async function findDeliveryProblems(place: Place, sent: SentClicks): Promise<DeliveryProblem[]> {
  const found = await Promise.all([
    readable(ofStream(place)),
    readable(ofLog(place, sent.since)),
    readable(ofConversion(place, sent)),
  ]);
  return found.flat();
}

async function readable(work: Promise<DeliveryProblem[]>): Promise<DeliveryProblem[]> {
  try {
    return await work;
  } catch (error) {
    if (errorFacts(error).status === 403 || errorFacts(error).name.startsWith('AccessDenied')) return [];
    return [{ text: errorMessage(error), isBlocking: false }];
  }
}

async function ofStream(place: Place): Promise<DeliveryProblem[]> {
  const name = place.names.deliveryStream();
  const call = place.client(Firehose).describeDeliveryStream({ DeliveryStreamName: name });
  const stream = (await ignoreNotFound(call, 'ResourceNotFoundException'))?.DeliveryStreamDescription;
  if (stream === undefined) return [{ text: `The stream ${name} does not exist.`, isBlocking: true }];
  const { DeliveryStreamStatus: status, FailureDescription: failure } = stream;
  if (status !== 'ACTIVE') {
    const why = failure === undefined ? '' : `: ${failure.Type ?? ''} ${failure.Details ?? ''}`;
    return [{ text: `The stream ${name} is ${status ?? 'without a status'}${why}.`, isBlocking: true }];
  }
  const destination = stream.Destinations?.[0]?.ExtendedS3DestinationDescription;
  if (destination === undefined) return [];
  const parts = [ofRole(place, stream, destination), ofTable(place, destination)];
  return (await Promise.all(parts.map(readable))).flat();
}

async function ofTable(
  { client }: Place,
  { DataFormatConversionConfiguration: conversion }: ExtendedS3DestinationDescription,
): Promise<DeliveryProblem[]> {
  const { DatabaseName, TableName } = conversion?.SchemaConfiguration ?? {};
  if (DatabaseName === undefined || TableName === undefined) return [];
  const call = client(Glue).getTable({ DatabaseName, Name: TableName });
  if ((await ignoreNotFound(call, 'EntityNotFoundException')) !== undefined) return [];
  const text = `The Glue table ${DatabaseName}.${TableName} for the conversion of clicks does not exist.`;
  return [{ text, isBlocking: true }];
}

/** Simulates the policies of the role: a role without log permissions leaves no log events. */
async function ofRole(
  { client }: Place,
  { DeliveryStreamARN = '' }: DeliveryStreamDescription,
  { RoleARN, BucketARN = '', ...rest }: ExtendedS3DestinationDescription,
): Promise<DeliveryProblem[]> {
  const [, partition, , region, account] = DeliveryStreamARN.split(':');
  const { DatabaseName, TableName } = rest.DataFormatConversionConfiguration?.SchemaConfiguration ?? {};
  const table = `arn:${partition}:glue:${region}:${account}:table/${DatabaseName}/${TableName}`;
  const needed: readonly (readonly [action: string, resource: string])[] = [
    ['s3:PutObject', `${BucketARN}/${CLICK_PREFIX}data`],
    ['s3:PutObject', `${BucketARN}/${ERROR_PREFIX}data`],
    ['glue:GetTableVersions', table],
  ];
  const isDenied = async ([action, resource]: readonly [string, string]): Promise<boolean> => {
    const { EvaluationResults = [] } = await client(IAM).simulatePrincipalPolicy({
      PolicySourceArn: RoleARN,
      ActionNames: [action],
      ResourceArns: [resource],
    });
    return EvaluationResults.some(({ EvalDecision }) => EvalDecision !== 'allowed');
  };
  const denied = await ignoreNotFound(
    Promise.all(needed.map(isDenied)),
    'NoSuchEntity',
    'NoSuchEntityException',
  );
  if (denied === undefined)
    return [{ text: `The stream's role ${RoleARN ?? ''} does not exist.`, isBlocking: true }];
  const missing = needed.filter((_, index) => denied[index]);
  if (missing.length === 0) return [];
  const list = missing.map(([action, resource]) => `${action} on ${resource}`).join(', ');
  return [{ text: `The stream's role ${RoleARN ?? ''} is not allowed ${list}.`, isBlocking: true }];
}

/** The newest message of each error code. */
async function ofLog({ client, names }: Place, since: Date): Promise<DeliveryProblem[]> {
  const logGroupName = names.logGroup('kinesisfirehose', 'firehose-delivery-stream');
  const request = { logGroupName, startTime: since.getTime(), limit: MAX_EVENTS };
  const byCode = new Map<string, DeliveryProblem>();
  try {
    for await (const { events = [] } of paginateFilterLogEvents(
      { client: client(CloudWatchLogs) },
      request,
    )) {
      for (const { message } of events) {
        const event = logEvent.safeParse(message);
        if (!event.success) continue;
        const { errorCode, message: text } = event.data;
        byCode.set(errorCode, { text: `Firehose logs ${errorCode}: ${text}`, isBlocking: true });
      }
    }
  } catch (error) {
    if (!isNotFound(error, ['ResourceNotFoundException'])) throw error;
    return [{ text: `The stream's log group ${logGroupName} does not exist.`, isBlocking: false }];
  }
  return [...byCode.values()];
}

async function ofConversion(
  { client }: Place,
  { bucket, firstDay, since, clicks }: SentClicks,
): Promise<DeliveryProblem[]> {
  const s3 = client(S3);
  const request = {
    Bucket: bucket,
    Prefix: FAILED_CONVERSION,
    StartAfter: `${FAILED_CONVERSION}${firstDay}/`,
  };
  // S3 returns whole seconds.
  const from = Math.floor(since.getTime() / 1_000) * 1_000;
  const files = (await listObjects(s3, request)).filter(
    ({ LastModified }) => LastModified !== undefined && LastModified.getTime() >= from,
  );
  const ids = requestIds(clicks);
  return Promise.all(
    files.slice(0, MAX_ERROR_FILES).map(async ({ Key }) => {
      const uri = `s3://${bucket}/${Key}`;
      const records = (await readObject(s3, uri)).split('\n').flatMap((line) => {
        const record = failedRecord.safeParse(line);
        return record.success ? [record.data] : [];
      });
      const reasons = new Set(
        records.map(
          ({ lastErrorCode = 'no code', lastErrorMessage = '' }) => `${lastErrorCode}: ${lastErrorMessage}`,
        ),
      );
      const text = `Firehose could not convert ${records.length} records, which are in ${uri}: ${[...reasons].join('; ')}`;
      const sent = records.map(({ rawData = '' }) => Buffer.from(rawData, 'base64').toString()).join('');
      return { text, isBlocking: ids.some((id) => sent.includes(id)) };
    }),
  );
}

/** The request IDs as JSON, as the records contain them. */
function requestIds(clicks: readonly unknown[]): string[] {
  return clicks.flatMap((click) =>
    typeof click === 'object' && click !== null && 'requestid' in click && typeof click.requestid === 'string'
      ? [JSON.stringify(click.requestid)]
      : [],
  );
}
