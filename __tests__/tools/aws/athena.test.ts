import { athenaOnAws, RESULT, SQL } from '../../fixtures/athena';
import { failing, fakeTarget, type Answers } from '../../support/fake-target';
import { runQuery as runQueryOnAws } from '../../../tools/aws/athena';
import { inFakeTime } from '../../support/fake-time';

const runQuery = (...query: Parameters<typeof runQueryOnAws>) => inFakeTime(() => runQueryOnAws(...query));

const rejected = (message: string) => failing('InvalidRequestException', 400, message);

async function messageOf(answers: Answers, sql = SQL): Promise<string> {
  const failure: unknown = await runQuery(fakeTarget(answers), sql).catch((error: unknown) => error);
  return String(failure);
}

test('The result of a query has the rows of all pages, without the header, and NULL as null.', async () => {
  expect(await runQuery(fakeTarget(athenaOnAws()), SQL)).toEqual({
    ...RESULT,
    scannedBytes: 1234,
    location: expect.stringMatching(/^s3:.*\.csv$/) as string,
  });
});

test('The results of SHOW and DESCRIBE have no header.', async () => {
  const target = fakeTarget(athenaOnAws({ State: 'SUCCEEDED' }, 'UTILITY'));
  expect((await runQuery(target, 'SHOW TABLES')).rows).toEqual(RESULT.rows);
});

test.each([
  [1, true],
  [3, true],
  [4, false],
])('Of four rows, at most %d are returned.', async (maxRows, isCut) => {
  const { rows, isCut: wasCut } = await runQuery(fakeTarget(athenaOnAws()), SQL, { maxRows });
  expect([rows, wasCut]).toEqual([RESULT.rows.slice(0, maxRows), isCut]);
});

test.each([
  ['SELECT 1 FROM clicks', 'clicks', 'clicklogger_dev'],
  ['select * from Covid_Report', 'covid', 'clicklogger_dev_covid'],
  ['SHOW TABLES', 'clicks', 'clicklogger_dev'],
])('%s runs in the workgroup %s and the database %s.', async (sql, workgroup, database) => {
  const started: unknown[] = [];
  const answers = athenaOnAws();
  const StartQueryExecutionCommand = (input: unknown): unknown => {
    started.push(input);
    return { QueryExecutionId: 'q' };
  };
  await runQuery(fakeTarget({ ...answers, StartQueryExecutionCommand }), sql);
  expect(started).toEqual([
    {
      QueryString: sql,
      WorkGroup: `clicklogger-dev-${workgroup}`,
      QueryExecutionContext: { Database: database },
    },
  ]);
});

test.each([
  'DROP TABLE clicks',
  'INSERT INTO clicks SELECT * FROM clicks',
  'create table a as select 1',
  '-- SELECT\nDELETE FROM clicks',
  '/* SELECT */ /**/ MSCK REPAIR TABLE clicks',
  '(UNLOAD (SELECT 1) TO 1)',
  'EXPLAIN ANALYZE INSERT INTO clicks SELECT 1',
  'selected',
  '',
])('The statement %j is rejected before a request to AWS.', async (sql) => {
  expect(await messageOf({}, sql)).toContain('Only the read-only statements SELECT');
});

test.each(['-- a\nSELECT 1', '/* a */(select 1)', 'WITH a AS (SELECT 1) SELECT * FROM a', 'describe clicks'])(
  'The read-only statement %j runs.',
  async (sql) => {
    expect((await runQuery(fakeTarget(athenaOnAws()), sql)).columns).toEqual(RESULT.columns);
  },
);

test.each([
  [
    'names the stack to deploy when the workgroup does not exist',
    { GetWorkGroupCommand: rejected('WorkGroup clicklogger-dev-clicks is not found.') },
    /Athena workgroup clicklogger-dev-clicks does not exist\. Deploy the clicklogger stack/,
  ],
  [
    'has the reason of a rejected query',
    { ...athenaOnAws(), StartQueryExecutionCommand: rejected("line 1:8: mismatched input 'FROM'") },
    /rejected the query: line 1:8: mismatched input/,
  ],
  [
    'lists the tables when one does not exist',
    athenaOnAws({
      State: 'FAILED',
      StateChangeReason: "TABLE_NOT_FOUND: line 1:15: Table 'a.b.c' does not exist",
    }),
    /TABLE_NOT_FOUND[^]*clicks of clicklogger_dev, covid_report of clicklogger_dev_covid/,
  ],
  [
    'shows the exceeded limit and how to scan less',
    athenaOnAws({ State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' }),
    /after 1234 bytes: Bytes scanned limit was exceeded \(limit of the workgroup: 10000000000 bytes[^]*WHERE data >=/,
  ],
])('The error %s.', async (_what, answers, message) => {
  expect(await messageOf(answers)).toMatch(message);
});
