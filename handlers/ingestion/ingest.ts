import { type Delivery, deliver, type RecordStream, type RetryOptions } from './deliver';
import { normalizeClick, type Problem } from './normalize-click';
import { type ClickLine, MAX_RECORD_BYTES, packRecords } from './pack-records';

/** A {@link Problem} of the click at this place in the request. */
export interface Rejection extends Problem {
  readonly index: number;
}

/** What became of every click of one request: stored, refused or undelivered. */
export interface IngestResult {
  readonly received: number;
  readonly stored: number;
  readonly rejections: readonly Rejection[];
  /** Places of good clicks that are not stored, or not known to be, ascending. */
  readonly undelivered: readonly number[];
  /** Distinct names in the clicks that are not in the schema. */
  readonly ignored: readonly string[];
  readonly delivery: Delivery;
  readonly records: number;
}

/** What ingestion needs from outside. */
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
 * Checks, completes and delivers clicks. A bad click does not keep the good ones of the same request from being
 * stored; every click is accounted for in the result.
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
