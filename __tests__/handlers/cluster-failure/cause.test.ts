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
  test('repeats nothing that is known already', () => {
    const known = `${KNOWN}\nCovidReportError: page.csv is a web page\nLog: s3://logs/stderr.gz`;
    const cause = causeOf(known, { ...facts, logLines: [] }, RERUN);
    expect(cause).toBe(`${known}\nCost so far: 0.0412 USD (without disks)\nRun it again: ${RERUN}`);
  });

  test('states why there are no lines of the log', () => {
    const cause = causeOf(KNOWN, { ...facts, logs: null, logLines: [], logNote: 'no such object' }, RERUN);
    expect(cause).toMatch(/\nAbout the log: no such object$/);
    expect(cause).not.toMatch(/\nLog: |Last lines/);
  });

  test('fits into what Step Functions takes, however long its parts are', () => {
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
  ['that is there is not waited for', [facts], []],
  ['that arrives late is waited for', [missing, missing, facts], [10, 10]],
  ['that never arrives is waited for no longer than the limit', [missing], [10, 10, 10]],
  ['of a cluster without a failed step is not expected', [stepless], []],
])('A log %s', async (_, found, waits) => {
  const sleeps: number[] = [];
  const left = [...found];
  const find = () => Promise.resolve(left.length > 1 ? left.shift()! : left[0]!);
  const sleep = (ms: number) => Promise.resolve(sleeps.push(ms));
  expect(await factsWithLog(find, { totalMs: 30, pollMs: 10, sleep })).toBe(found.at(-1));
  expect(sleeps).toEqual(waits);
});
