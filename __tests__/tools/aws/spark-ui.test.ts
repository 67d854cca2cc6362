import { requestSparkUi } from '../../../tools/aws/spark-ui';
import { inFakeTime } from '../../support/fake-time';
import { type Answers, failing, fakeTarget } from '../../support/fake-target';

const NOW = new Date('2026-03-04T10:00:00Z');
const ENDED = new Date('2026-03-01T09:00:00Z');
const LONG_AGO = new Date('2026-02-01T09:00:00Z');
const APPLICATION = { id: '00fapp', name: fakeTarget().names.emrApplication(), state: 'STOPPED' };

function jobRunAnswers(jobRun: object, others: Answers = {}): Answers {
  return {
    ListApplicationsCommand: () => ({ applications: [APPLICATION] }),
    GetJobRunCommand: () => ({ jobRun }),
    GetDashboardForJobRunCommand: ({ applicationId, jobRunId }) => ({
      url: `https://ui/${applicationId}/${jobRunId}?token`,
    }),
    ...others,
  };
}

function clusterAnswers(EndDateTime: Date | undefined, others: Answers = {}): Answers {
  return {
    DescribeClusterCommand: ({ ClusterId }) => ({
      Cluster: { ClusterArn: `arn:cluster/${ClusterId}`, Status: { Timeline: { EndDateTime } } },
    }),
    CreatePersistentAppUICommand: ({ TargetResourceArn }) => ({
      PersistentAppUIId: `ui of ${TargetResourceArn}`,
    }),
    GetPersistentAppUIPresignedURLCommand: ({ PersistentAppUIId, PersistentAppUIType }) => ({
      PresignedURL: `https://shs/${PersistentAppUIId}/${PersistentAppUIType}`,
    }),
    ...others,
  };
}

const request = (answers: Answers, id: string, calls: string[] = []) =>
  inFakeTime(() => requestSparkUi(fakeTarget(answers, { kind: 'aws', calls }), id, NOW));

test('The URL of a running job run is valid for an hour.', async () => {
  expect(await request(jobRunAnswers({ state: 'RUNNING' }), '00fjob')).toEqual({
    url: 'https://ui/00fapp/00fjob?token',
    validity: 'Valid for one hour, until 2026-03-04 11:00 UTC. The same command creates a new URL.',
  });
});

test('The URL of a completed job run is available until 30 days after its end.', async () => {
  const { validity } = await request(jobRunAnswers({ state: 'SUCCESS', endedAt: ENDED }), '00fjob');
  expect(validity).toContain('creates a new URL until 2026-03-31.');
});

test('The URL of a cluster leads to its history server.', async () => {
  const calls: string[] = [];
  expect(await request(clusterAnswers(ENDED), 'j-1', calls)).toEqual({
    url: 'https://shs/ui of arn:cluster/j-1/SHS',
    validity: expect.stringMatching(/does not document .* until 2026-03-31\.$/) as string,
  });
  expect(calls[1]).toBe('CreatePersistentAppUICommand arn:cluster/j-1');
});

test('The task waits for a history server that is starting.', async () => {
  const answers: unknown[] = [{ PresignedURLReady: false }, { PresignedURL: 'https://shs' }];
  const starting = { GetPersistentAppUIPresignedURLCommand: () => answers.shift() };
  expect((await request(clusterAnswers(ENDED, starting), 'j-1')).url).toBe('https://shs');
});

const notFound = jobRunAnswers({}, { GetJobRunCommand: failing('ResourceNotFoundException') });
const noCluster = clusterAnswers(ENDED, { DescribeClusterCommand: failing('InvalidRequestException') });
const denied = failing('AccessDeniedException', 400, 'not authorized to perform: x:Create');
const monitoringConfiguration = {
  managedPersistenceMonitoringConfiguration: { enabled: false },
  s3MonitoringConfiguration: { logUri: 's3://logs/' },
};
const encrypted = { endedAt: ENDED, configurationOverrides: { monitoringConfiguration } };
const noUrl = jobRunAnswers({ state: 'PENDING' }, { GetDashboardForJobRunCommand: () => ({}) });

test.each([
  [
    'names an unknown job run',
    notFound,
    '00fjob',
    /job run 00fjob does not exist in a test\. npm run status -- --stage dev lists/,
  ],
  ['names an unknown cluster', noCluster, 'j-1', /cluster j-1 does not exist/],
  [
    'has the end of an old job run',
    jobRunAnswers({ endedAt: LONG_AGO }),
    '00fjob',
    /job run 00fjob ended on 2026-02-01\. .* 30 days/,
  ],
  ['has the end of an old cluster', clusterAnswers(LONG_AGO), 'j-1', /cluster j-1 ended on 2026-02-01/],
  [
    'has the denied action and the document with the permissions',
    clusterAnswers(ENDED, { CreatePersistentAppUICommand: denied }),
    'j-1',
    /not authorized to perform: x:Create[^]*when-a-run-failed\.md/,
  ],
  [
    'names the setting that disables the UI',
    jobRunAnswers(encrypted),
    '00fjob',
    /CUSTOMER_MANAGED_KEYS disables[^]* The logs are in s3:\/\/logs\//,
  ],
  ['has the state of a job run without a URL', noUrl, '00fjob', /no URL for the job run 00fjob \(PENDING\)/],
])('The error %s.', async (_, answers, id, message) => {
  await expect(request(answers, id)).rejects.toThrow(message);
});

test('The local AWS has no Spark UI.', async () => {
  await expect(requestSparkUi(fakeTarget(), '00fjob', NOW)).rejects.toThrow('The local AWS has no Spark UI');
});
