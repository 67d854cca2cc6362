import {
  type ClickLine,
  MAX_BATCH_RECORDS,
  MAX_RECORD_BYTES,
  packRecords,
  toBatches,
} from '../../../handlers/ingestion/pack-records';

function lines(count: number, bytes: number): ClickLine[] {
  const line = Buffer.from(`${'x'.repeat(bytes - 1)}\n`);
  return Array.from({ length: count }, (_, index) => ({ index, bytes: line }));
}

test.each([
  [4, MAX_RECORD_BYTES / 4, [4]],
  [5, MAX_RECORD_BYTES / 4, [4, 1]],
  [4, MAX_RECORD_BYTES / 4 + 1, [3, 1]],
  [0, 1, []],
])('%i clicks of %i bytes are combined into records of %j clicks.', (count, bytes, clicks) => {
  expect(packRecords(lines(count, bytes)).map(({ indexes }) => indexes.length)).toEqual(clicks);
});

test.each([
  [9, MAX_RECORD_BYTES, [4, 4, 1]],
  [1_001, 10, [MAX_BATCH_RECORDS, MAX_BATCH_RECORDS, 1]],
  [0, 1, []],
])(
  '%i records of %i bytes are grouped into calls with %j records, within 4 MiB and 500 records.',
  (count, bytes, calls) => {
    const records = lines(count, bytes).map((line) => ({ data: line.bytes, indexes: [line.index] }));
    expect(toBatches(records).map((batch) => batch.length)).toEqual(calls);
  },
);
