import { SFN } from '@aws-sdk/client-sfn';
import { S3 } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ignoreNotFound } from '../aws/aws-errors';
import { readObject } from '../aws/s3-objects';
import type { Target } from '../aws/target';

const outputSchema = z.looseObject({ report: z.string().optional() });

export interface ClickTally {
  readonly read: number;
  readonly counted: number;
  readonly rejected: number;
  /** E.g. `missing callerid: 5, unreadable createdtime: 1`; empty without rejected records. */
  readonly reasons: string;
  /** `s3://` URI of the folder with the rejected records as JSON lines. */
  readonly place: string;
}

/** The line below the table of the report: spark-jobs/loggregator/…/Report.scala. Table rows have texts from clients. */
const SUMMARY =
  /^(?:No clicks\. )?(\d+) records read from .*: (\d+) counted, (\d+) rejected(?: \((?<reasons>.*?); see )?/m;

/** Reads the summary of the report at `uri` (`s3://…/2026/03/04/response.md`); undefined without a summary. */
export function readTally(report: string, uri: string): ClickTally | undefined {
  const match = SUMMARY.exec(report);
  if (match === null) return undefined;
  const [read = 0, counted = 0, rejected = 0] = match.slice(1, 4).map(Number);
  const place = uri.replace(/^(s3:\/\/[^/]+\/)(.*\/)[^/]*$/, '$1rejected/$2');
  return { read, counted, rejected, reasons: match.groups?.reasons ?? '', place };
}

/** E.g. `6 of 10 records rejected by the job (missing callerid: 6)`. */
export function describeRejected({ read, rejected, reasons }: ClickTally): string {
  return `${rejected} of ${read} records rejected by the job (${reasons})`;
}

/** The counts in the report of a successful execution; undefined when the report does not exist. */
export async function findTally(
  { client }: Pick<Target, 'client'>,
  executionArn: string,
): Promise<ClickTally | undefined> {
  const { output = '{}' } = await client(SFN).describeExecution({ executionArn });
  const { report: uri } = outputSchema.parse(JSON.parse(output));
  if (uri === undefined) return undefined;
  const report = await ignoreNotFound(readObject(client(S3), uri), 'NoSuchKey', 'NoSuchBucket');
  return report === undefined ? undefined : readTally(report, uri);
}
