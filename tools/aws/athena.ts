import { Athena, paginateGetQueryResults, type QueryExecution } from '@aws-sdk/client-athena';
import { deployCommand } from '../../config/task-command';
import { atExit } from '../cli/exit-actions';
import { errorMessage, TaskError } from '../cli/errors';
import { ignoreNotFound } from './aws-errors';
import type { Target } from './target';
import { waitFor } from './waiting';

/** The DML query timeout of Athena is 30 minutes: https://docs.aws.amazon.com/athena/latest/ug/service-limits.html */
const MAX_WAIT_MS = 40 * 60_000;

type QueryTarget = Pick<Target, 'client' | 'kind' | 'names' | 'stage'>;

interface QueryResult {
  readonly columns: readonly string[];
  /** Cells as Athena writes them; null for NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly isCut: boolean;
  readonly scannedBytes: number;
  /** S3 URI of the CSV file with all rows. */
  readonly location: string;
}

/**
 * Runs a read-only SQL statement in the workgroup and database of the pipeline whose table it names.
 *
 * @throws TaskError when the statement is not read-only, the stack is not deployed, or the query fails
 */
export async function runQuery(
  target: QueryTarget,
  sql: string,
  { maxRows = Infinity } = {},
): Promise<QueryResult> {
  requireReadOnly(sql);
  const pipeline = /\bcovid_report\b/i.test(sql) ? 'covid' : 'clicklogger';
  const athena = target.client(Athena);
  const workgroup = target.names.pipeline(pipeline);
  const limit = await scanLimit(target, athena, workgroup, pipeline);
  const Database = target.names.database(pipeline === 'covid' ? 'covid' : undefined);
  const { QueryExecutionId } = await athena
    .startQueryExecution({ QueryString: sql, WorkGroup: workgroup, QueryExecutionContext: { Database } })
    .catch((error: unknown) => {
      throw new TaskError(`Athena rejected the query: ${errorMessage(error)}`);
    });
  const cancelStop = atExit(async () => {
    await athena.stopQueryExecution({ QueryExecutionId });
  });
  const ended = await waitFor(
    target,
    `The end of the query ${QueryExecutionId}`,
    async () => {
      const { QueryExecution: found } = await athena.getQueryExecution({ QueryExecutionId });
      return ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(String(found?.Status?.State)) ? found : undefined;
    },
    { limitMs: MAX_WAIT_MS },
  );
  cancelStop();
  if (ended.Status?.State !== 'SUCCEEDED') throw new TaskError(describeEnd(target, ended, limit));
  return {
    ...(await readRows(athena, ended, maxRows)),
    scannedBytes: ended.Statistics?.DataScannedInBytes ?? 0,
    location: ended.ResultConfiguration?.OutputLocation ?? '',
  };
}

function requireReadOnly(sql: string): void {
  const statement = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/|\()+/, '');
  if (!/^(?:select|with|show|describe|values)\b/i.test(statement))
    throw new TaskError(
      `Only the read-only statements SELECT, WITH, VALUES, SHOW and DESCRIBE are supported: ${statement.slice(0, 40) || 'the query is empty'}`,
    );
}

/** @see https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html */
async function scanLimit(
  { stage, kind }: QueryTarget,
  athena: Athena,
  workgroup: string,
  pipeline: string,
): Promise<number> {
  // Athena has no specific error for a workgroup that does not exist.
  const found = await ignoreNotFound(
    athena.getWorkGroup({ WorkGroup: workgroup }),
    'InvalidRequestException',
  );
  if (found === undefined)
    throw new TaskError(
      `The Athena workgroup ${workgroup} does not exist. Deploy the ${pipeline} stack first, with ${deployCommand(stage, kind)}.`,
    );
  return found.WorkGroup?.Configuration?.BytesScannedCutoffPerQuery ?? Infinity;
}

function describeEnd({ names }: QueryTarget, { Status, Statistics }: QueryExecution, limit: number): string {
  const reason = Status?.StateChangeReason ?? Status?.State ?? 'no reason given';
  if (/bytes scanned limit/i.test(reason))
    return (
      `Athena cancelled the query after ${Statistics?.DataScannedInBytes ?? 0} bytes: ${reason} (limit of the workgroup: ${limit} ` +
      "bytes). Select fewer columns, or fewer days: WHERE data >= '2026-01-01' for clicks, run_date for covid_report."
    );
  const tables = `clicks of ${names.database()}, covid_report of ${names.database('covid')}`;
  const hint = /table|catalog|schema|does not exist|not found/i.test(reason)
    ? `\nThe tables are ${tables}.`
    : '';
  return `The query failed: ${reason}${hint}`;
}

async function readRows(
  client: Athena,
  { QueryExecutionId, StatementType }: QueryExecution,
  maxRows: number,
): Promise<Pick<QueryResult, 'columns' | 'rows' | 'isCut'>> {
  const rows: (string | null)[][] = [];
  let columns: string[] = [];
  for await (const { ResultSet } of paginateGetQueryResults({ client }, { QueryExecutionId })) {
    columns = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '' }) => Name);
    for (const { Data = [] } of ResultSet?.Rows ?? [])
      rows.push(Data.map(({ VarCharValue = null }) => VarCharValue));
    // The first row of a SELECT is its header.
    if (rows.length > maxRows + 1) break;
  }
  const found = StatementType === 'DML' ? rows.slice(1) : rows;
  return { columns, rows: found.slice(0, maxRows), isCut: found.length > maxRows };
}
