import type { Cluster, StepSummary } from '@aws-sdk/client-emr';
import { factsOf } from '../../../../handlers/shared/compute/cluster-facts';

const cluster: Cluster = {
  Id: 'j-1',
  Status: {
    State: 'TERMINATED',
    StateChangeReason: { Code: 'USER_REQUEST', Message: 'Terminated by user request' },
  },
};
const step: StepSummary = {
  Id: 's-1',
  Name: 'covid-report',
  Status: { State: 'FAILED', FailureDetails: { Reason: 'Unknown Error.', Message: 'exit code 1' } },
};
const folder = { bucket: 'logs', key: 'logs/j-1/' };
const stepFolder = { bucket: 'logs', key: 'logs/j-1/steps/s-1/' };
const cost = { usd: 0.1234, notes: [] };

const log = (lines: readonly string[]) => ({ folder, log: { lines, note: null, folder: stepFolder } });

describe('the facts of a cluster', () => {
  it('give the reason that the job itself has printed, not that it ended with exit code 1', () => {
    const lines = [
      'INFO ok',
      'covid_report.errors.CovidReportError: bad.csv lacks the column date',
      'INFO stopped',
    ];
    const facts = factsOf(cluster, step, log(lines), cost);
    expect(facts).toMatchObject({
      what: 'cluster j-1 (TERMINATED), step covid-report s-1 (FAILED)',
      reason: 'covid_report.errors.CovidReportError: bad.csv lacks the column date',
      logs: 's3://logs/logs/j-1/steps/s-1/',
      logLines: lines,
      cost: '0.1234 USD',
    });
  });

  it('fall back on what EMR says of the step', () => {
    expect(factsOf(cluster, step, log(['INFO nothing']), cost).reason).toBe('Unknown Error. exit code 1');
  });

  it('give the reason of a cluster that could not start, and none for one that was ended on purpose', () => {
    const refused = { Code: 'VALIDATION_ERROR', Message: 'no such subnet' } as const;
    const broken: Cluster = {
      Id: 'j-1',
      Status: { State: 'TERMINATED_WITH_ERRORS', StateChangeReason: refused },
    };
    expect(factsOf(broken, undefined, { folder, log: undefined }, cost).reason).toBe(
      'VALIDATION_ERROR: no such subnet',
    );
    expect(factsOf(cluster, undefined, { folder, log: undefined }, cost)).toMatchObject({
      what: 'cluster j-1 (TERMINATED)',
      reason: null,
      logs: 's3://logs/logs/j-1/',
      logLines: [],
    });
  });

  it('say why the cost is approximate or not known, and that there are no logs', () => {
    const facts = factsOf(
      cluster,
      undefined,
      { folder: undefined, log: undefined },
      { usd: null, notes: ['unknown price of x'] },
    );
    expect(facts.cost).toBe('not known (unknown price of x)');
    expect(facts.logs).toBeNull();
  });
});
