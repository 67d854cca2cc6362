import {
  type ClickLine,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  MAX_RECORD_BYTES,
  packRecords,
  toBatches,
} from '../../../handlers/ingestion/pack-records';

function lines(count: number, bytes: number): ClickLine[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    bytes: Buffer.from(`${'x'.repeat(bytes - 1)}\n`),
  }));
}

describe('packing', () => {
  test('joins clicks into one record, each on its own line, in order', () => {
    const [record, ...others] = packRecords([
      { index: 0, bytes: Buffer.from('{"a":1}\n') },
      { index: 2, bytes: Buffer.from('{"a":2}\n') },
    ]);
    expect(Buffer.from(record?.data ?? []).toString()).toBe('{"a":1}\n{"a":2}\n');
    expect(record?.indexes).toEqual([0, 2]);
    expect(others).toEqual([]);
  });

  test('fills a record to the last byte that Firehose takes, and no further', () => {
    const line = MAX_RECORD_BYTES / 4;
    expect(packRecords(lines(4, line)).map((record) => record.data.byteLength)).toEqual([MAX_RECORD_BYTES]);
    expect(packRecords(lines(5, line)).map((record) => record.indexes)).toEqual([[0, 1, 2, 3], [4]]);
    expect(packRecords(lines(4, line + 1)).map((record) => record.indexes)).toEqual([[0, 1, 2], [3]]);
  });

  test('makes no record of no clicks', () => {
    expect(packRecords([])).toEqual([]);
    expect(toBatches([])).toEqual([]);
  });

  test('keeps a call within 4 MiB', () => {
    const batches = toBatches(packRecords(lines(9, MAX_RECORD_BYTES)));
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 1]);
    batches.forEach((batch) => {
      expect(batch.reduce((sum, record) => sum + record.data.byteLength, 0)).toBeLessThanOrEqual(
        MAX_BATCH_BYTES,
      );
    });
  });

  test('keeps a call within 500 records', () => {
    const records = lines(1_001, 10).map((line) => ({ data: line.bytes, indexes: [line.index] }));
    expect(toBatches(records).map((batch) => batch.length)).toEqual([
      MAX_BATCH_RECORDS,
      MAX_BATCH_RECORDS,
      1,
    ]);
  });
});
