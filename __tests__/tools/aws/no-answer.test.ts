import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { S3 } from '@aws-sdk/client-s3';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SFN } from '@aws-sdk/client-sfn';
import { STS } from '@aws-sdk/client-sts';
import { createClient } from '../../../handlers/shared/aws-clients';
import { callerIdentity } from '../../../tools/aws/aws-account';
import { type ClientFactory, clientFactory, type Target } from '../../../tools/aws/target';
import { listRaw } from '../../../tools/covid-data/covid-upload';
import { missingRoles, neededRoles } from '../../../tools/deploy/linked-roles';
import { findLiveCompute } from '../../../tools/reap/live-compute';
import { sendClicks } from '../../../tools/runs/click-delivery';
import { followRun, startRun } from '../../../tools/runs/execution';
import { StatusCollector } from '../../../tools/status/collect';
import { allProblems, renderStatus } from '../../../tools/status/presentation';
import { takeInventory } from '../../../tools/teardown/inventory';
import { type BadServer, SILENCES, startBadServer } from '../../support/bad-server';
import { fakeTarget } from '../../support/fake-target';

const LIMITS = { connectMs: 100, answerMs: 100, completeMs: 150, attempts: 1, advice: 'Check the network.' };
const NOW = new Date('2026-03-04T10:00:00Z');
const note = { update: () => undefined };

let server: BadServer | undefined;

afterEach(() => {
  server?.stop();
});

const configOf = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
});

const clientsAt = (endpoint: string): ClientFactory => clientFactory(configOf(endpoint), LIMITS);

function targetAt(endpoint: string): Target {
  return fakeTarget({}, { settings: { STATE_BUCKET: 'states' }, client: clientsAt(endpoint) } as object);
}

/** The first or the longest request of each task. */
const TASKS: Readonly<Record<string, (target: Target, endpoint: string) => Promise<unknown>>> = {
  'every task, for its account': (_, endpoint) =>
    callerIdentity('us-east-1', createClient(STS, configOf(endpoint), LIMITS)),
  reap: (target) => findLiveCompute(target, NOW),
  cleanup: (target) => takeInventory(target, { keepData: false, includeUntagged: false }, note),
  'exec, for the roles': (target) => missingRoles(target, neededRoles(['covid'], target.settings)),
  'exec, for the clicks': (target) => sendClicks(target, 'ingestion', [{}]),
  'exec, for the start of a run': (target) => startRun(target, 'arn:machine', {}),
  'exec, for the end of a run': (target) =>
    followRun({ target, continues: true }, 'arn:run', { schema: undefined as never, logs: '' }, note.update),
  'covid:load': (target) => listRaw(target.client(S3), 'bucket'),
};

test.each(SILENCES.flatMap((silence) => Object.keys(TASKS).map((task) => [silence, task] as const)))(
  'When a server %s, the request of %s fails with an error that names the server.',
  async (silence, task) => {
    server = await startBadServer(silence);
    await expect(TASKS[task]!(targetAt(server.endpoint), server.endpoint)).rejects.toThrow(
      // A response of the Lambda function itself is reported as such.
      new RegExp(
        `\\w+ \\w+ got no answer from ${server.endpoint}: .*Check the network\\.|^ingestion returned`,
      ),
    );
  },
);

test.each(SILENCES)('When a server %s, status shows all parts as unknown.', async (silence) => {
  server = await startBadServer(silence);
  const target = targetAt(server.endpoint);
  const status = await new StatusCollector(target).collect(NOW);
  const problems = allProblems(status);
  expect(Object.keys(problems)).toEqual(['stacks', ...Object.keys(status.running!)]);
  expect(renderStatus(target, status).match(/unknown: .*(got no answer|could not be read)/gi)!.length).toBe(
    9,
  );
});

const STATE = JSON.stringify({
  version: 4,
  resources: [{ mode: 'managed', type: 'aws_sns_topic', name: 't', instances: [{ attributes: {} }] }],
});

/** A stage without runs. */
const idle = fakeTarget(
  {
    ListObjectsV2Command: ({ Bucket }) =>
      Bucket === 'states' ? { Contents: [{ Key: 'clicklogger-dev-us-east-1-covid.tfstate' }] } : {},
    GetObjectCommand: () => ({ Body: { transformToString: () => STATE } }),
    ListApplicationsCommand: () => ({ applications: [] }),
    ListExecutionsCommand: () => ({ executions: [] }),
    ListClustersCommand: () => ({ Clusters: [] }),
    ListSchedulesCommand: () => ({ Schedules: [] }),
    ListRuleNamesByTargetCommand: () => ({ RuleNames: [] }),
  },
  { settings: { STATE_BUCKET: 'states' } },
);

test.each<[string, unknown, readonly string[]]>([
  ['EMR', EMR, ['compute', 'clusters']],
  ['EMR Serverless', EMRServerless, ['application', 'compute']],
  ['Step Functions', SFN, ['executions', 'failures', 'rejectedClicks']],
  ['EventBridge Scheduler', Scheduler, ['startingPoints']],
  ['S3', S3, ['stacks', 'errors', 'standing']],
])('status shows all other parts when %s does not respond.', async (_, hanging, unknown) => {
  server = await startBadServer('never answers');
  const clients = clientsAt(server.endpoint);
  const client: ClientFactory = (Client) => (Client === hanging ? clients : idle.client)(Client);
  const status = await new StatusCollector({ ...idle, client }).collect(NOW);
  expect(Object.keys(allProblems(status))).toEqual(unknown);
});
