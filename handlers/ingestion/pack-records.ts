/** Maximum size of a Firehose record before base64 encoding. */
export const MAX_RECORD_BYTES = 1_000 * 1_024;
/** Maximum size and number of records of PutRecordBatch. */
const MAX_BATCH_BYTES = 4 * 1_024 * 1_024;
export const MAX_BATCH_RECORDS = 500;

/** One click: its index in the request, and its JSON with a trailing newline. */
export interface ClickLine {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** One Firehose record: clicks with trailing newlines, and their indexes in the request. */
export interface ClickRecord {
  readonly data: Uint8Array;
  readonly indexes: readonly number[];
}

/**
 * Combines clicks into few records, in order. Firehose bills each record as at least 5 KB, which is about twenty clicks.
 *
 * @param lines with at most {@link MAX_RECORD_BYTES} each
 */
export function packRecords(lines: readonly ClickLine[]): ClickRecord[] {
  const groups = groupByLimit(lines, (line) => line.bytes.byteLength, { bytes: MAX_RECORD_BYTES });
  return groups.map((group) => ({
    data: Buffer.concat(group.map((line) => line.bytes)),
    indexes: group.map((line) => line.index),
  }));
}

/** Groups records into calls of PutRecordBatch, in order. */
export function toBatches(records: readonly ClickRecord[]): ClickRecord[][] {
  const limit = { bytes: MAX_BATCH_BYTES, count: MAX_BATCH_RECORDS };
  return groupByLimit(records, (record) => record.data.byteLength, limit);
}

function groupByLimit<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
  { bytes: maxBytes, count: maxCount = Infinity }: { readonly bytes: number; readonly count?: number },
): Item[][] {
  const groups: Item[][] = [];
  let group: Item[] = [];
  let groupBytes = 0;
  for (const item of items) {
    const bytes = bytesOf(item);
    if (group.length > 0 && (groupBytes + bytes > maxBytes || group.length === maxCount)) {
      groups.push(group);
      group = [];
      groupBytes = 0;
    }
    group.push(item);
    groupBytes += bytes;
  }
  return group.length > 0 ? [...groups, group] : groups;
}
