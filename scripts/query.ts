import { print, printError } from '../tools/cli/output';
import { TaskError } from '../tools/cli/errors';
import { MAX_CELL, renderTable, shortCells } from '../tools/cli/table';
import { runTask } from '../tools/cli/task';
import { queryPrice } from '../tools/pricing/prices';

/** Maximum number of printed rows; the result in S3 has all rows. */
const MAX_ROWS = 1_000;

void runTask({
  name: 'query',
  summary: `Runs a SELECT statement with Athena on the tables clicks and covid_report and prints the first ${MAX_ROWS} rows; without
--json, the first ${MAX_CELL} characters of a cell. The workgroup limits the scanned bytes and keeps the result for a week.`,
  options: {
    local: { type: 'boolean', default: false },
    stage: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  positionals: true,
  optionHelp: {
    '"SELECT …"': 'the statement, in quotes',
    '--local': 'the running local AWS of this checkout',
    '--stage NAME': 'the stage to query (default: the setting STAGE)',
    '--json': 'print columns, rows, scanned bytes, cost and location of the result as JSON',
  },
  run: async ({ values: { local, stage, json }, positionals }) => {
    const [sql, ...others] = positionals;
    if (sql === undefined || others.length > 0)
      throw new TaskError('Specify one statement in quotes: npm run query -- "SELECT count(*) FROM clicks"');
    const [{ openDeployed }, { runQuery }] = await Promise.all([
      import('../tools/aws/target.js'),
      import('../tools/aws/athena.js'),
    ]);
    const target = await openDeployed({ local, stage });
    const result = await runQuery(target, sql, { maxRows: MAX_ROWS });
    const { columns, rows, isCut, scannedBytes, location } = result;
    const { usd } = target.kind === 'local' ? { usd: 0 } : queryPrice(scannedBytes);
    if (json) {
      print(`${JSON.stringify({ ...result, costUsd: usd }, undefined, 2)}\n`);
      return 0;
    }
    print(
      `${renderTable(
        columns,
        rows.map((row) => shortCells(row.map((cell) => cell ?? 'NULL'))),
      )}\n`,
    );
    const cost =
      target.kind === 'local'
        ? 'free of charge in the local AWS'
        : `${scannedBytes} bytes scanned, about ${usd.toFixed(5)} USD`;
    const count = isCut
      ? `the first ${rows.length} rows`
      : `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
    printError(`${count}; ${cost}; full result: ${location}\n`);
    return 0;
  },
});
