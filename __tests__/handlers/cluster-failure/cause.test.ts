import { causeOf, factsWithLog } from '../../../handlers/cluster-failure/cause';
import type { ComputeFacts } from '../../../handlers/shared/notification/notice';

const KNOWN = 'The step covid-report (s-1) failed: Unknown Error.';
const RERUN = 'npm run exec -- covid --stage dev';
const facts: ComputeFacts = {
  id: 'j-1',
  what: 'cluster j-1 (TERMINATED)',
  reason: 'CovidReportError: page.csv is a web page',
  logs: 's3://logs/j-1/steps/s-1/',
  logLines: ['INFO begin', 'CovidReportError: page.csv is a web page'],
  logNote: null,
  cost: '0.0412 USD',
  costNotes: ['without disks'],
};

describe('The cause of a failed execution', () => {
  test('does not repeat the known cause.', () => {
    const known = `${KNOWN}\nCovidReportError: page.csv is a web page\nLog: s3://logs/stderr.gz`;
    const cause = causeOf(known, { ...facts, logLines: [] }, RERUN);
    expect(cause).toBe(`${known}\nCost so far: 0.0412 USD (without disks)\nRun it again: ${RERUN}`);
  });

  test('contains the reason why there are no log lines.', () => {
    const cause = causeOf(KNOWN, { ...facts, logs: null, logLines: [], logNote: 'no such object' }, RERUN);
    expect(cause).toMatch(/\nAbout the log: no such object$/);
    expect(cause).not.toMatch(/\nLog: |Last lines/);
  });

  test('is within the limit of Step Functions when its parts are long.', () => {
    const long = 'x'.repeat(50_000);
    const logLines = Array<string>(20).fill('x'.repeat(1_000));
    const cause = causeOf(long, { ...facts, reason: `y${long}`, logNote: long, logLines }, RERUN);
    expect(cause.length).toBeLessThan(32_000);
    expect(cause).toContain(`\nRun it again: ${RERUN}\n`);
  });
});

const missing: ComputeFacts = { ...facts, logLines: [], logNote: 'no such object' };
const stepless: ComputeFacts = { ...missing, logNote: null };

test.each([
  ['an existing log', [facts], []],
  ['a late log', [missing, missing, facts], [10, 10]],
  ['a missing log', [missing], [10, 10, 10]],
  ['a cluster without a failed step', [stepless], []],
])('The function waits up to the limit for %s.', async (_, found, waits) => {
  const sleeps: number[] = [];
  const left = [...found];
  const find = () => Promise.resolve(left.length > 1 ? left.shift()! : left[0]!);
  const sleep = (ms: number) => Promise.resolve(sleeps.push(ms));
  expect(await factsWithLog(find, { totalMs: 30, pollMs: 10, sleep })).toBe(found.at(-1));
  expect(sleeps).toEqual(waits);
});
