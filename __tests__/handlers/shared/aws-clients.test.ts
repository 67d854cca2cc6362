import { types } from 'node:util';
import { EMRClient, ListClustersCommand } from '@aws-sdk/client-emr';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { createClient, LAMBDA_LIMITS, type RequestLimits } from '../../../handlers/shared/aws-clients';
import { startService } from '../../support/fake-service';
import {
  type BadServer,
  refusingEndpoint,
  type Silence,
  SILENCES,
  startBadServer,
} from '../../support/bad-server';

// Long enough for the request to reach the server on a busy machine.
const LIMITS: RequestLimits = {
  connectMs: 5_000,
  answerMs: 300,
  completeMs: 600,
  attempts: 2,
  advice: 'Do this.',
};

type Call = (endpoint: string) => Promise<unknown>;

const configOf = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
});

// One service for each protocol of the SDK.
const CALLS: Readonly<Record<string, Call>> = {
  'EMR ListClusters': (endpoint) =>
    createClient(EMRClient, configOf(endpoint), LIMITS).send(new ListClustersCommand({})),
  'IAM ListRoles': (endpoint) =>
    createClient(IAMClient, configOf(endpoint), LIMITS).send(new ListRolesCommand({})),
  'S3 ListObjectsV2': (endpoint) =>
    createClient(S3Client, configOf(endpoint), LIMITS).send(new ListObjectsV2Command({ Bucket: 'b' })),
};

async function getObject(endpoint: string): Promise<string | undefined> {
  const s3 = createClient(S3Client, configOf(endpoint), LIMITS);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
  return Body?.transformToString();
}

async function messageOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return types.isNativeError(error) ? error.message : `no error: ${String(error)}`;
}

async function withBadServer(silence: Silence, test: (server: BadServer) => Promise<void>): Promise<void> {
  const server = await startBadServer(silence);
  try {
    await test(server);
  } finally {
    server.stop();
  }
}

const cases = SILENCES.flatMap((silence) => Object.keys(CALLS).map((name) => [silence, name] as const));

test.concurrent.each(cases)(
  'A server that %s causes an error of %s with endpoint and advice.',
  (silence, name) =>
    withBadServer(silence, async (server) => {
      const message = await messageOf(CALLS[name]!(server.endpoint));
      expect(message).toMatch(`${name} got no answer from ${server.endpoint}: `);
      expect(message).toMatch(/2 attempts\. Do this\.$/);
      expect(server.count()).toBe(2);
    }),
);

test.each(Object.keys(CALLS))('A refused connection causes an error of %s with endpoint.', async (name) => {
  const endpoint = await refusingEndpoint();
  expect(await messageOf(CALLS[name]!(endpoint))).toBe(
    `${name} got no answer from ${endpoint}: the connection is refused, 2 attempts. Do this.`,
  );
});

test.each(['stops within the body', 'closes the connection within the body'] as const)(
  'A server that %s of an object causes a read error with operation and endpoint.',
  (silence) =>
    withBadServer(silence, async (server) => {
      const message = await messageOf(getObject(server.endpoint));
      expect(message).toMatch(`S3 GetObject got no answer from ${server.endpoint}: `);
    }),
);

test('The error of a status without an error document contains the call and the status.', async () => {
  const proxy = await startService(() => ({ status: 502, body: '' }));
  try {
    await expect(CALLS['S3 ListObjectsV2']!(proxy.endpoint)).rejects.toMatchObject({
      message: `S3 ListObjectsV2 got no answer from ${proxy.endpoint}, but HTTP status 502 without an error of the service`,
      $metadata: { httpStatusCode: 502 },
    });
  } finally {
    proxy.stop();
  }
});

test('An unknown host name is reported.', async () => {
  const message = await messageOf(CALLS['EMR ListClusters']!('http://nowhere.invalid'));
  expect(message).toMatch(/^EMR ListClusters got no answer from http:\/\/nowhere\.invalid: .*host name/);
});

test('An invocation without a response is not retried.', () =>
  withBadServer('never answers', async (server) => {
    const lambda = createClient(LambdaClient, configOf(server.endpoint), LIMITS);
    const message = await messageOf(lambda.send(new InvokeCommand({ FunctionName: 'f' })));
    expect(message).toMatch(/^Lambda Invoke got no answer .*: no answer within 0\.3 s\. Do this\.$/);
    expect(server.count()).toBe(1);
  }));

test('A Lambda has time to report a missing response.', () => {
  const { attempts, completeMs } = LAMBDA_LIMITS;
  expect(attempts * completeMs).toBeLessThan(30_000);
});
