import {
  AthenaClient,
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { TaskError } from '../cli/errors';
import { eventually } from './scenario';
import type { VerifiedStage } from './stage';

/** A query over one of the Glue tables. */
export interface Query {
  readonly database: string;
  readonly sql: string;
  /** S3 URI of the folder for the results, with a slash at the end. */
  readonly results: string;
}

/**
 * The rows of a query's result, without its header; null is the empty text.
 *
 * @throws TaskError with Athena's reason when the query fails
 */
export async function queryRows(
  stage: VerifiedStage,
  { database, sql, results }: Query,
): Promise<string[][]> {
  const athena = stage.target.client(AthenaClient);
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      QueryExecutionContext: { Database: database },
      ResultConfiguration: { OutputLocation: results },
    }),
  );
  const status = await eventually(stage, `The end of the query ${sql}`, async () => {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const found = QueryExecution?.Status;
    return ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(String(found?.State)) ? found : undefined;
  });
  if (status.State !== 'SUCCEEDED')
    throw new TaskError(`Athena: ${status.StateChangeReason ?? status.State ?? 'no reason given'} (${sql})`);
  const rows: string[][] = [];
  for await (const { ResultSet } of paginateGetQueryResults({ client: athena }, { QueryExecutionId }))
    rows.push(
      ...(ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue = '' }) => VarCharValue)),
    );
  return rows.slice(1);
}
