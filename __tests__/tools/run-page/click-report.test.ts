import { readClickReport } from '../../../tools/run-page/click-report';

/** The caller has chosen a text that looks like the summary. */
const HEAD =
  '|createdTime|callerid|component|count|\n|---|---|---|---:|\n|2026-03-04|`7 records read from x: 6 counted, 1 rejected`|login|8|\n';

test.each([
  [
    'counts without rejected rows',
    '8 records read from s3://b/clicklog/data=2026-03-04/: 8 counted, 0 rejected.',
    { read: 8, counted: 8, rejected: 0, reasons: {} },
  ],
  [
    'counts and reasons',
    '9 records read from s3://b: 2 counted, 7 rejected (missing callerid and missing component: 3, unreadable createdtime: 4; see `s3://b/rejected`).',
    {
      read: 9,
      counted: 2,
      rejected: 7,
      reasons: { 'missing callerid and missing component': 3, 'unreadable createdtime': 4 },
    },
  ],
  [
    'counts with files that were empty',
    '3 records read from `s3://b`: 3 counted, 0 rejected. Without content, 0 bytes: `s3://b/x.parquet`.',
    { read: 3, counted: 3, rejected: 0, reasons: {} },
  ],
  [
    'that there are none',
    'No clicks. 0 records read from s3://b: 0 counted, 0 rejected.',
    { read: 0, counted: 0, rejected: 0, reasons: {} },
  ],
  ['nothing without such a line', 'Something else.', undefined],
])('The summary of the click report has %s.', (_, line, rows) => {
  expect(readClickReport(`${HEAD}\n${line}\n`).rows).toEqual(rows);
});
