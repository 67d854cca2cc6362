import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { clickFields, type Click } from '../../schemas/click';
import { parseMarkdownTable } from '../../tools/cli/table';
import { visible } from '../../tools/cli/visible.cjs';
import { eventually } from '../support/eventually';
import { hostileClicks, TIMES } from '../support/hostile-clicks';
import { bucket, LocalDeployment, stateMachine } from '../support/local-deployment';
import { runProgram } from '../support/local-run';

const CLICKS = hostileClicks(14, 4000);
/** Under the 6 MB of an invocation. */
const BATCH = 500;

type Rejected = Click & { readonly reason: string; readonly sourcefile: string };

let local: LocalDeployment;
/** Indexes in CLICKS. */
const accepted: number[] = [];
const refused: number[] = [];
let stored: readonly Click[];
let report: string;
let rejected: readonly Rejected[];

beforeAll(async () => {
  local = await LocalDeployment.open();
  for (let start = 0; start < CLICKS.length; start += BATCH) {
    const batch = CLICKS.slice(start, start + BATCH);
    const { body } = await local.ingest(batch);
    const bad = new Set(body.rejected.map(({ index }) => index));
    expect(body.accepted).toBe(batch.length - bad.size);
    batch.forEach((_, index) => (bad.has(index) ? refused : accepted).push(start + index));
  }
  stored = await eventually(async () => {
    const rows = await storedClicks();
    return rows.filter(isHostile).length >= accepted.length && rows;
  });
  const { status, output } = await local.execute(stateMachine('state-machine'), { InputDate: 'ALL' });
  expect(status).toBe('SUCCEEDED');
  const uri = (JSON.parse(output!) as { report: string }).report;
  report = await local.readObject(uri);
  rejected = await rejectedRows(uri);
});

/** All rows of the delivery bucket, including those of other tests. */
async function storedClicks(): Promise<Click[]> {
  const args = ['__tests__/end-to-end/stored_clicks.py', bucket('firehose-delivery')];
  const { exitCode, stdout, stderr } = await runProgram('.venv/bin/python', args, local.env);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Click[];
}

async function rejectedRows(reportUri: string): Promise<Rejected[]> {
  const output = bucket('loggregator-output');
  const [, folder] = /\/(ALL\/.+)\/response\.md$/.exec(reportUri)!;
  const request = new ListObjectsV2Command({ Bucket: output, Prefix: `rejected/${folder!}/` });
  const { Contents = [] } = await local.s3.send(request);
  const files = Contents.filter(({ Size = 0 }) => Size > 0);
  const texts = await Promise.all(files.map(({ Key }) => local.readObject(`s3://${output}/${Key!}`)));
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line) as Rejected);
}

const isHostile = ({ requestid }: Click): boolean => /^\d+ /.test(requestid!);

/** The row of an accepted click; a pattern for the time of arrival. */
function expectedRow(sent: unknown): Record<string, unknown> {
  const values = new Map(Object.entries(sent as object));
  return Object.fromEntries(
    clickFields.map(({ name, default: otherwise }) => {
      const value: unknown = values.get(name);
      if (typeof value !== 'string' || value.trim() === '')
        return [name, otherwise ?? expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]{12}Z$/)];
      return [name, name === 'createdtime' ? TIMES.get(value) : value];
    }),
  );
}

/** Number of occurrences of each text. */
function countEach(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** A name as the report shows it: line breaks, tabs, and texts that look like an escape are escaped. */
const shown = (name: string): string =>
  visible(
    name
      .replaceAll(/\\(?=u[0-9a-f]{4})/g, String.raw`\u005c`)
      .replaceAll('\t', String.raw`\u0009`)
      .replaceAll('\n', String.raw`\u000a`)
      .replaceAll('\r', String.raw`\u000d`)
      .replaceAll('\\|', String.raw`\\u007c`),
  );

describe('Thousands of hostile clicks', () => {
  test('are partly accepted and partly rejected.', () => {
    expect(accepted.length).toBeGreaterThan(1000);
    expect(refused.length).toBeGreaterThan(1000);
  });

  test('become one row for each accepted click, with the same values, and no row for a rejected click.', () => {
    const rows = stored.filter(isHostile);
    const byPlace = new Map(rows.map((row) => [Number.parseInt(row.requestid!, 10), row]));
    expect(rows).toHaveLength(accepted.length);
    for (const place of accepted) expect(byPlace.get(place)).toEqual(expectedRow(CLICKS[place]));
  });

  test('are each counted in the report, or rejected with a reason and their values.', () => {
    const byId = new Map(stored.map((row) => [row.requestid, row]));
    for (const { reason, sourcefile, ...values } of rejected) {
      expect(reason).toMatch(/^missing (callerid|component)/);
      expect(sourcefile).toContain('/clicklog/data=');
      for (const [name, value] of Object.entries(byId.get(values.requestid)!))
        expect([value, `'${value}`]).toContain(values[name]);
    }
    const ids = new Set(rejected.map(({ requestid }) => requestid));
    const counted = stored.filter(({ requestid }) => !ids.has(requestid));
    expect(rejected.length).toBeGreaterThan(0);
    expect(counted.length + rejected.length).toBe(stored.length);
    const expected = countEach(
      counted.map(({ createdtime, callerid, component }) =>
        JSON.stringify([createdtime!.slice(0, 10), shown(callerid!), shown(component!)]),
      ),
    );
    const { rows } = parseMarkdownTable(report)!;
    const found = rows.map(([day, caller, component, count]) => [
      JSON.stringify([day, caller, component]),
      Number(count),
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    // No two rows look the same.
    expect(found).toHaveLength(expected.size);
  });
});
