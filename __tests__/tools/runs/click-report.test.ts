import { describeRejected, findTally, readTally } from '../../../tools/runs/click-report';
import { failing, fakeTarget } from '../../support/fake-target';

const URI = 's3://output/2026/03/04/response.md';
const reportOf = (summary: string) =>
  `|createdTime|callerid|component|count|\n|---|---|---|---:|\n\n${summary}\n`;

test.each([
  ['10 records read from s3://in/: 4 counted, 6 rejected (a: 5, b: 1; see s3://x/).', 10, 4, 6, 'a: 5, b: 1'],
  ['No clicks. 0 records read from s3://in/: 0 counted, 0 rejected.', 0, 0, 0, ''],
  ['3 records read from 2 records read from x: 1 counted, 1 rejected: 3 counted, 0 rejected.', 3, 3, 0, ''],
  ['3 records read from `s3://in/`: 3 counted, 0 rejected. Without content, 0 bytes: `s3://x`.', 3, 3, 0, ''],
])('The summary "%s" of a report is read.', (summary, read, counted, rejected, reasons) => {
  const place = 's3://output/rejected/2026/03/04/';
  expect(readTally(reportOf(summary), URI)).toEqual({ read, counted, rejected, reasons, place });
});

test.each([
  ['no summary', reportOf('')],
  ['a summary in a row only', `${reportOf('')}|x 5 records read from y: 5 counted, 0 rejected.|1|\n`],
])('A report with %s has no tally.', (_, report) => {
  expect(readTally(report, URI)).toBeUndefined();
});

test('The rejected records of the report of all days are in the folder of all days.', () => {
  const tally = readTally(
    reportOf('2 records read from s: 0 counted, 2 rejected (a: 2; see x).'),
    's3://o/ALL/2026/03/04/r.md',
  );
  expect(tally?.place).toBe('s3://o/rejected/ALL/2026/03/04/');
  expect(describeRejected(tally!)).toBe('2 of 2 records rejected by the job (a: 2)');
});

test.each([
  ['without a report', '{"status":"NOTHING_TO_DO"}'],
  ['whose report does not exist', JSON.stringify({ report: URI })],
])('An execution %s has no tally.', async (_, output) => {
  const target = fakeTarget({
    DescribeExecutionCommand: () => ({ output }),
    GetObjectCommand: failing('NoSuchKey', 404),
  });
  expect(await findTally(target, 'arn:run')).toBeUndefined();
});
