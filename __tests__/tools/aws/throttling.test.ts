import { EC2 } from '@aws-sdk/client-ec2';
import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { IAM } from '@aws-sdk/client-iam';
import type { ClientFactory } from '../../../tools/aws/target';
import { clientsOf, startService, type Reply } from '../../support/fake-service';

/** The default number of attempts of the SDK. */
const THROTTLED_CALLS = 3;

const json = (status: number, __type: string): Reply => ({
  status,
  body: JSON.stringify({ __type, message: 'Rate exceeded' }),
});

const IAM_ERROR =
  '<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>';
const IAM_ANSWER =
  '<ListRolesResponse><ListRolesResult><IsTruncated>false</IsTruncated><Roles/></ListRolesResult></ListRolesResponse>';
const EC2_ERROR =
  '<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow</Message></Error></Errors></Response>';
const EC2_ANSWER = '<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>';

// One service per protocol of the SDK.
test.concurrent.each<[string, Reply, string, (client: ClientFactory) => Promise<unknown>]>([
  ['EMR', json(400, 'ThrottlingException'), '{"Clusters":[]}', (client) => client(EMR).listClusters({})],
  [
    'EMR Serverless',
    json(429, 'TooManyRequestsException'),
    '{"applications":[]}',
    (client) => client(EMRServerless).listApplications({}),
  ],
  ['IAM', { status: 400, body: IAM_ERROR }, IAM_ANSWER, (client) => client(IAM).listRoles({})],
  ['EC2', { status: 503, body: EC2_ERROR }, EC2_ANSWER, (client) => client(EC2).describeVpcs({})],
])('A request to %s is retried after throttling.', async (_, error, answer, send) => {
  let calls = 0;
  const { endpoint, stop } = await startService(() => {
    calls += 1;
    return calls <= THROTTLED_CALLS ? error : { body: answer };
  });
  try {
    await send(clientsOf({ endpoint }).client);
    expect(calls).toBe(THROTTLED_CALLS + 1);
  } finally {
    stop();
  }
});
