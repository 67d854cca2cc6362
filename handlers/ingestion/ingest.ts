import { type Delivery, deliver, type RecordStream, type RetryOptions } from './deliver';
import { normalizeClick, type Problem } from './normalize-click';
import { type ClickLine, MAX_RECORD_BYTES, packRecords } from './pack-records';

/** A {@link Problem} of the click at this index of the request. */
export interface Rejection extends Problem {
  readonly index: number;
}

/** Result of one request: each click is stored, rejected or undelivered. */
export interface IngestResult {
  readonly received: number;
  readonly stored: number;
  readonly rejections: readonly Rejection[];
  /** Ascending indexes of valid clicks without a confirmation that they are stored. */
  readonly undelivered: readonly number[];
  /** Distinct names in the clicks that are not in the schema. */
  readonly ignored: readonly string[];
  readonly delivery: Delivery;
  readonly records: number;
}

export interface IngestPorts {
  readonly stream: RecordStream;
  readonly retry: RetryOptions;
  readonly now: () => Date;
}

interface CheckedClicks {
  readonly lines: ClickLine[];
  readonly rejections: Rejection[];
  readonly ignored: Set<string>;
}

/**
 * Validates, completes and delivers clicks. Valid clicks are stored even if other clicks of the request are invalid.
 */
export async function ingest(
  clicks: readonly unknown[],
  { stream, retry, now }: IngestPorts,
): Promise<IngestResult> {
  const { lines, rejections, ignored } = checkClicks(clicks, now().toISOString());
  const records = packRecords(lines);
  const delivery = await deliver(records, stream, retry);
  const undelivered = delivery.undelivered.flatMap((record) => record.indexes);
  return {
    received: clicks.length,
    stored: lines.length - undelivered.length,
    rejections,
    undelivered: undelivered.sort((one, other) => one - other),
    ignored: [...ignored],
    delivery,
    records: records.length,
  };
}

function checkClicks(clicks: readonly unknown[], arrivedAt: string): CheckedClicks {
  const checked: CheckedClicks = { lines: [], rejections: [], ignored: new Set() };
  for (const [index, sent] of clicks.entries()) {
    const { click, problems, ignored } = normalizeClick(sent, arrivedAt);
    checked.rejections.push(...problems.map((problem) => ({ index, ...problem })));
    ignored.forEach((name) => checked.ignored.add(name));
    if (click === undefined) continue;
    const bytes = Buffer.from(`${JSON.stringify(click)}\n`);
    if (bytes.byteLength <= MAX_RECORD_BYTES) checked.lines.push({ index, bytes });
    else checked.rejections.push({ index, ...tooLarge(bytes.byteLength) });
  }
  return checked;
}

function tooLarge(bytes: number): Problem {
  const reason = `${bytes} bytes as JSON: one click may have at most ${MAX_RECORD_BYTES}`;
  return { field: null, kind: 'too-large', reason };
}
