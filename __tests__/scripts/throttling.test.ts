import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EMRServerlessClient, ListApplicationsCommand } from '@aws-sdk/client-emr-serverless';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { LOCAL_CREDENTIALS } from '../../tools/local-aws/client-environment';
import { type ClientFactory, clientFactory } from '../../tools/aws/target';
import { startService, type Reply } from './fake-service';

/** As many calls as the SDK makes by itself. */
const THROTTLED_CALLS = 3;

/** A service that throttles the first calls as `refusal` says, then answers. */
async function askBusyService(
  refusal: Reply,
  answer: string,
  ask: (client: ClientFactory) => Promise<unknown>,
) {
  let calls = 0;
  const { endpoint, stop } = await startService(() => {
    calls += 1;
    return calls <= THROTTLED_CALLS ? refusal : { body: answer };
  });
  try {
    const client = clientFactory({ region: 'us-east-1', endpoint, credentials: LOCAL_CREDENTIALS });
    return { found: await ask(client), calls };
  } finally {
    stop();
  }
}

const json = (status: number, __type: string): Reply => ({
  status,
  body: JSON.stringify({ __type, message: 'Rate exceeded' }),
});
const xml = (status: number, body: string): Reply => ({ status, body });

test.concurrent.each<[string, Reply, string, (client: ClientFactory) => Promise<unknown>, unknown]>([
  [
    'Step Functions',
    json(400, 'ThrottlingException'),
    '{"executions":[]}',
    (client) => client(SFNClient).send(new ListExecutionsCommand({ stateMachineArn: 'any' })),
    { executions: [] },
  ],
  [
    'EMR Serverless',
    json(429, 'TooManyRequestsException'),
    '{"applications":[]}',
    (client) => client(EMRServerlessClient).send(new ListApplicationsCommand({})),
    { applications: [] },
  ],
  [
    'EC2',
    xml(
      503,
      '<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow</Message></Error></Errors></Response>',
    ),
    '<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>',
    (client) => client(EC2Client).send(new DescribeVpcsCommand({})),
    { Vpcs: [] },
  ],
])('A task continues after %s has throttled it.', async (_, refusal, answer, ask, expected) => {
  const { found, calls } = await askBusyService(refusal, answer, ask);
  expect(found).toMatchObject(expected as object);
  expect(calls).toBe(THROTTLED_CALLS + 1);
});
