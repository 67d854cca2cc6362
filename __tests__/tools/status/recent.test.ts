import { describeApplication, recentClusters, recentExecutions } from '../../../tools/status/recent';
import type { Target } from '../../../tools/aws/target';
import { awsError, fakeTarget } from '../../support/fake-target';

const at = (hour: number): Date => new Date(Date.UTC(2026, 2, 4, hour));
const hours = [1, 2, 3, 4, 5, 6, 7];

test('The newest clusters of the pipeline are found on all pages.', async () => {
  const cluster = (Name: string, hour: number) => ({
    Id: `j-${hour}`,
    Name,
    Status: { State: 'TERMINATED', Timeline: { CreationDateTime: at(hour) } },
  });
  const target = fakeTarget({
    ListClustersCommand: ({ Marker }) =>
      Marker === undefined
        ? { Clusters: [cluster('foreign', 9), cluster('clicklogger-dev-covid-a', 1)], Marker: 'next' }
        : { Clusters: hours.slice(1).map((hour) => cluster(`clicklogger-dev-covid-${hour}`, hour)) },
  });
  expect((await recentClusters(target)).map(({ id }) => id)).toEqual(['j-7', 'j-6', 'j-5', 'j-4', 'j-3']);
});

test('The newest job runs are found on all pages, a failed one with its reason.', async () => {
  const run = (hour: number) => ({
    id: `run-${hour}`,
    name: 'clicks',
    createdAt: at(hour),
    state: hour === 7 ? 'FAILED' : 'SUCCESS',
    stateDetails: ' Job failed:\n  exit code 1 ',
  });
  const target: Target = fakeTarget({
    ListApplicationsCommand: ({ nextToken }) =>
      nextToken === undefined
        ? { applications: [{ id: 'other', name: 'other' }], nextToken: 'next' }
        : { applications: [{ id: '00f1', name: target.names.emrApplication(), state: 'STARTED' }] },
    GetApplicationCommand: () => ({ application: { state: 'STARTED' } }),
    ListJobRunsCommand: ({ nextToken }) =>
      nextToken === undefined
        ? { jobRuns: [run(1)], nextToken: 'next' }
        : { jobRuns: hours.slice(1).map(run) },
  });
  const application = await describeApplication(target);
  expect(application).toMatchObject({ id: '00f1', state: 'STARTED' });
  expect(application?.jobRuns.map(({ id }) => id)).toEqual(['run-7', 'run-6', 'run-5', 'run-4', 'run-3']);
  expect(application?.jobRuns[0]?.reason).toBe('Job failed: exit code 1');
  expect(application?.jobRuns[1]?.reason).toBeUndefined();
});

test('A failed execution has its reason, and a pipeline that is not deployed has no executions.', async () => {
  const target = fakeTarget({
    ListExecutionsCommand: ({ stateMachineArn }) => {
      if (stateMachineArn?.includes('covid')) throw awsError('StateMachineDoesNotExist');
      return { executions: [{ executionArn: 'arn:run-1', status: 'FAILED' }] };
    },
    DescribeExecutionCommand: () => ({ error: 'JobRunFailed', cause: '\nno such file\nat line 1' }),
  });
  expect(await recentExecutions(target)).toMatchObject([
    { pipeline: 'clicklogger', status: 'FAILED', reason: 'JobRunFailed: no such file' },
  ]);
});
