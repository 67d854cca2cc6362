import { requestSparkUi, type SparkUi } from '../../../tools/aws/spark-ui';
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

const request = (answers: Answers, id: string, calls: string[] = []): Promise<SparkUi> =>
  inFakeTime(() => requestSparkUi(fakeTarget(answers, { kind: 'aws', calls }), id, NOW));

test('The UI of a running job run is the live one, for an hour.', async () => {
  expect(await request(jobRunAnswers({ state: 'RUNNING' }), '00fjob')).toEqual({
    url: 'https://ui/00fapp/00fjob?token',
    validity: 'Valid for one hour, until 2026-03-04 11:00 UTC. The same command makes another one.',
  });
});

test('That of an ended one can be asked for until 30 days after its end.', async () => {
  const { validity } = await request(jobRunAnswers({ state: 'SUCCESS', endedAt: ENDED }), '00fjob');
  expect(validity).toContain('makes another one until 2026-03-31.');
});

test('EMR gives the history server of a cluster, and until when it does.', async () => {
  const calls: string[] = [];
  expect(await request(clusterAnswers(ENDED), 'j-1', calls)).toEqual({
    url: 'https://shs/ui of arn:cluster/j-1/SHS',
    validity: expect.stringMatching(/does not document\. .* until 2026-03-31\.$/) as string,
  });
  expect(calls[1]).toBe('CreatePersistentAppUICommand arn:cluster/j-1');
});

test('A history server that is still starting is waited for.', async () => {
  const answers: unknown[] = [{ PresignedURLReady: false }, { PresignedURL: 'https://shs' }];
  const starting = { GetPersistentAppUIPresignedURLCommand: () => answers.shift() };
  expect((await request(clusterAnswers(ENDED, starting), 'j-1')).url).toBe('https://shs');
});

test.each<[string, Answers, string, RegExp]>([
  [
    'names a job run that no application of the stage has',
    jobRunAnswers({}, { GetJobRunCommand: failing('ResourceNotFoundException') }),
    '00fjob',
    /no job run 00fjob in a test\. npm run status -- --stage dev lists/,
  ],
  [
    'names a cluster that EMR does not have',
    clusterAnswers(ENDED, { DescribeClusterCommand: failing('InvalidRequestException') }),
    'j-1',
    /no cluster j-1/,
  ],
  [
    'says since when a job run is too old',
    jobRunAnswers({ endedAt: LONG_AGO }),
    '00fjob',
    /job run 00fjob ended on 2026-02-01: .* 30 days/,
  ],
  [
    'says since when a cluster is too old',
    clusterAnswers(LONG_AGO),
    'j-1',
    /cluster j-1 ended on 2026-02-01/,
  ],
  [
    'has the action that is not allowed, and where the permissions are',
    clusterAnswers(ENDED, {
      CreatePersistentAppUICommand: failing(
        'AccessDeniedException',
        400,
        'not authorized to perform: x:Create',
      ),
    }),
    'j-1',
    /not authorized to perform: x:Create[^]*when-a-run-failed\.md/,
  ],
  [
    'explains that nothing was kept for the UI of an ended job run whose logs a key encrypts',
    jobRunAnswers({
      endedAt: ENDED,
      configurationOverrides: {
        monitoringConfiguration: {
          managedPersistenceMonitoringConfiguration: { enabled: false },
          s3MonitoringConfiguration: { logUri: 's3://logs/' },
        },
      },
    }),
    '00fjob',
    /CUSTOMER_MANAGED_KEYS switches off[^]* Its logs are in s3:\/\/logs\//,
  ],
  [
    'has the state of a job run that has no UI yet',
    jobRunAnswers({ state: 'PENDING' }, { GetDashboardForJobRunCommand: () => ({}) }),
    '00fjob',
    /no address for the job run 00fjob \(PENDING\)/,
  ],
])('The error %s.', async (_what, answers, id, message) => {
  await expect(request(answers, id)).rejects.toThrow(message);
});

test('Locally there is none, and AWS is not asked.', async () => {
  await expect(requestSparkUi(fakeTarget(), '00fjob', NOW)).rejects.toThrow('The local AWS has no Spark UI');
});
