import type { Cluster, ClusterStateChangeReason, StepSummary } from '@aws-sdk/client-emr';
import { clusterFacts } from '../../../../handlers/shared/compute/cluster-facts';

const ended = (
  state: 'TERMINATED' | 'TERMINATED_WITH_ERRORS',
  reason: ClusterStateChangeReason,
): Cluster => ({ Id: 'j-1', Status: { State: state, StateChangeReason: reason } });
const cluster = ended('TERMINATED', { Code: 'USER_REQUEST', Message: 'Terminated by user request' });
const step: StepSummary = {
  Id: 's-1',
  Name: 'covid-report',
  Status: { State: 'FAILED', FailureDetails: { Reason: 'Unknown Error.', Message: 'exit code 1' } },
};
const folder = { bucket: 'logs', key: 'logs/j-1/' };
const stepFolder = { bucket: 'logs', key: 'logs/j-1/steps/s-1/' };
const cost = { usd: 0.1234, notes: [] };
const withLog = (lines: readonly string[]) => ({ folder, log: { lines, note: null, folder: stepFolder } });
const withoutLog = { folder, log: undefined };

describe('The facts of a cluster', () => {
  test('have the reason from the log of the job.', () => {
    const lines = ['INFO ok', 'covid_report.errors.CovidReportError: bad.csv', 'INFO stopped'];
    expect(clusterFacts(cluster, step, withLog(lines), cost)).toMatchObject({
      what: 'cluster j-1 (TERMINATED), step covid-report s-1 (FAILED)',
      reason: 'covid_report.errors.CovidReportError: bad.csv',
      logs: 's3://logs/logs/j-1/steps/s-1/',
      logLines: lines,
      cost: '0.1234 USD',
    });
  });

  const invalid = { Code: 'VALIDATION_ERROR', Message: 'no such subnet' } as const;

  test.each([
    ['the reason of EMR when the log has none', cluster, step, 'Unknown Error. exit code 1'],
    [
      'the reason of a cluster that could not start',
      ended('TERMINATED_WITH_ERRORS', invalid),
      undefined,
      'VALIDATION_ERROR: no such subnet',
    ],
    ['no reason for an expected termination', cluster, undefined, null],
  ])('have %s.', (_, found, failed, reason) => {
    expect(clusterFacts(found, failed, withoutLog, cost)).toMatchObject({ reason, logLines: [] });
  });

  const cancelled: StepSummary = { ...step, Status: { State: 'CANCELLED' } };
  const lost = ended('TERMINATED_WITH_ERRORS', { Code: 'INSTANCE_FAILURE', Message: 'master lost' });

  test.each([
    [
      'manually',
      cluster,
      cancelled,
      [],
      'the cluster terminated during the step, which is CANCELLED (TERMINATED, USER_REQUEST: Terminated by user request)',
    ],
    [
      'because of a lost instance',
      lost,
      step,
      ['ValueError: connection reset'],
      'the cluster terminated during the step, which is FAILED (TERMINATED_WITH_ERRORS, INSTANCE_FAILURE: master lost); ' +
        'ValueError: connection reset',
    ],
  ])(
    'have the termination of a cluster that ended %s during the step.',
    (_, found, failed, lines, reason) => {
      expect(clusterFacts(found, failed, withLog(lines), cost)).toMatchObject({ reason });
    },
  );

  test('have the reason of an unknown cost, and no logs.', () => {
    const unpriced = { usd: null, notes: ['unknown price of x'] };
    expect(clusterFacts(cluster, undefined, { folder: undefined, log: undefined }, unpriced)).toMatchObject({
      what: 'cluster j-1 (TERMINATED)',
      id: 'j-1',
      cost: 'not known',
      costNotes: ['unknown price of x'],
      logs: null,
    });
  });
});
