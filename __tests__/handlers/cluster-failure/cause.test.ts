import { causeOf } from '../../../handlers/cluster-failure/cause';
import type { ComputeFacts } from '../../../handlers/shared/notification/notice';

const KNOWN = 'The step covid-report (s-1) failed: Unknown Error.';
const RERUN = 'npm run exec -- covid --stage dev';
const facts: ComputeFacts = {
  what: 'cluster j-1 (TERMINATED)',
  reason: 'CovidReportError: page.csv is a web page',
  logs: 's3://logs/j-1/steps/s-1/',
  logLines: ['INFO begin', 'CovidReportError: page.csv is a web page'],
  logNote: null,
  cost: '0.0412 USD',
};

describe('the cause of a failed execution', () => {
  it('has the reason, the log, the cost, the command and the last lines', () => {
    expect(causeOf(KNOWN, facts, RERUN)).toBe(
      `${KNOWN}\nReason: CovidReportError: page.csv is a web page\nLog: s3://logs/j-1/steps/s-1/\n` +
        `Cost so far: 0.0412 USD\nRun it again: ${RERUN}\nLast lines of the log:\n` +
        'INFO begin\nCovidReportError: page.csv is a web page',
    );
  });

  it('says nothing twice', () => {
    const known = `${KNOWN}\nCovidReportError: page.csv is a web page\nLog: s3://logs/stderr.gz`;
    const cause = causeOf(known, { ...facts, logLines: [] }, RERUN);
    expect(cause).toBe(`${known}\nCost so far: 0.0412 USD\nRun it again: ${RERUN}`);
  });

  it('says why there are no lines', () => {
    const cause = causeOf(KNOWN, { ...facts, logs: null, logLines: [], logNote: 'no such object' }, RERUN);
    expect(cause).toMatch(/\nAbout the log: no such object$/);
    expect(cause).not.toMatch(/\nLog: |Last lines/);
  });

  it('fits into what Step Functions takes, however long its parts are', () => {
    const long = 'x'.repeat(50_000);
    const most = {
      ...facts,
      reason: `y${long}`,
      logNote: long,
      logLines: Array<string>(20).fill('x'.repeat(1_000)),
    };
    const cause = causeOf(long, most, RERUN);
    expect(cause.length).toBeLessThan(32_000);
    expect(cause).toContain(`\nRun it again: ${RERUN}\n`);
  });
});
