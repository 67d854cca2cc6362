import { bucket, LocalDeployment, roleArn, roleName, stateMachine } from '../support/local-deployment';

type Call = (role: LocalDeployment) => Promise<unknown>;

const STREAM = 'clicklogger-dev-firehose-delivery-stream';
const CLICK = 'clicklog/data=2001-01-01/x.parquet';
const DatabaseName = 'clicklogger_dev';

const putObject =
  (purpose: string, Key: string): Call =>
  ({ s3 }) =>
    s3.putObject({ Bucket: bucket(purpose), Key, Body: 'x' });
const getObject =
  (purpose: string, Key: string): Call =>
  ({ s3 }) =>
    s3.getObject({ Bucket: bucket(purpose), Key });
const deleteObject =
  (purpose: string, Key: string): Call =>
  ({ s3 }) =>
    s3.deleteObject({ Bucket: bucket(purpose), Key });
const listObjects =
  (purpose: string, Prefix: string): Call =>
  ({ s3 }) =>
    s3.listObjectsV2({ Bucket: bucket(purpose), Prefix });
const startExecution =
  (name: string): Call =>
  ({ sfn }) =>
    sfn.startExecution({ stateMachineArn: stateMachine(name), input: '{"InputDate":"none"}' });
const putRecord =
  (DeliveryStreamName: string): Call =>
  ({ firehose }) =>
    firehose.putRecordBatch({ DeliveryStreamName, Records: [{ Data: Buffer.from('{}\n') }] });
const startJobRun =
  (applicationId: string, role: string): Call =>
  ({ emrServerless }) =>
    emrServerless.startJobRun({
      applicationId,
      executionRoleArn: roleArn(role),
      clientToken: 'forbidden',
      jobDriver: { sparkSubmit: { entryPoint: 's3://nowhere/x.jar' } },
    });
const stopApplication =
  (applicationId: string): Call =>
  ({ emrServerless }) =>
    emrServerless.stopApplication({ applicationId });
const invokeIngestion: Call = ({ lambda }) =>
  lambda.invoke({ FunctionName: 'clicklogger-dev-ingestion-lambda', Payload: Buffer.from('{}') });
const runUntaggedCluster: Call = ({ emr }) =>
  emr.runJobFlow({
    Name: 'untagged',
    ReleaseLabel: 'emr-7.13.0',
    ServiceRole: roleName('covid-service'),
    JobFlowRole: roleName('covid-instance'),
    Instances: { InstanceCount: 1, MasterInstanceType: 'm7g.xlarge' },
  });

interface Calls {
  /** Proves that the credentials are the role's. */
  readonly allowed: Call;
  readonly denied: Readonly<Record<string, Call>>;
}

/** Calls that the policies of each role allow and deny. */
const callsByRole = (applicationId: string): Readonly<Record<string, Calls>> => ({
  ingestion: {
    allowed: putRecord(STREAM),
    denied: {
      'put records into another stream': putRecord('other'),
      'delete its stream': ({ firehose }) => firehose.deleteDeliveryStream({ DeliveryStreamName: STREAM }),
      'write to the delivery bucket': putObject('firehose-delivery', CLICK),
      'start the workflow': startExecution('state-machine'),
      'create a role': ({ iam }) => iam.createRole({ RoleName: 'mine', AssumeRolePolicyDocument: '{}' }),
    },
  },
  delivery: {
    allowed: ({ glue }) => glue.getTableVersions({ DatabaseName, TableName: 'clicks' }),
    denied: {
      'write outside of its prefixes': putObject('firehose-delivery', 'elsewhere/x'),
      'write reports': putObject('loggregator-output', 'x'),
      'delete clicks': deleteObject('firehose-delivery', CLICK),
      'change the table': ({ glue }) => glue.updateTable({ DatabaseName, TableInput: { Name: 'clicks' } }),
    },
  },
  job: {
    allowed: listObjects('loggregator-output', ''),
    denied: {
      'write clicks': putObject('firehose-delivery', CLICK),
      'delete clicks': deleteObject('firehose-delivery', CLICK),
      'list records that Firehose could not convert': listObjects('firehose-delivery', 'errors/'),
      'replace its own jar': putObject('loggregator-source', 'jobs/loggregator-0.jar'),
      'read hospital data': getObject('covid-data', 'raw/x.csv'),
      'start another job': startJobRun(applicationId, 'job'),
    },
  },
  'job-status': {
    allowed: listObjects('emr-logs', ''),
    denied: {
      'cancel a job run': ({ emrServerless }) =>
        emrServerless.cancelJobRun({ applicationId, jobRunId: '00f0000000000000' }),
      'stop the application': stopApplication(applicationId),
      'read reports': getObject('loggregator-output', 'x'),
      'write logs of jobs': putObject('emr-logs', 'applications/x'),
    },
  },
  workflow: {
    allowed: listObjects('firehose-delivery', 'clicklog/data=2001-01-01/'),
    denied: {
      'read clicks': getObject('firehose-delivery', CLICK),
      'list more than the clicks': listObjects('firehose-delivery', 'errors/'),
      'start a job under another role': startJobRun(applicationId, 'delivery'),
      'invoke the ingestion': invokeIngestion,
      'stop the application': stopApplication(applicationId),
    },
  },
  'covid-instance': {
    allowed: listObjects('covid-data', 'raw/'),
    denied: {
      'change raw data': putObject('covid-data', 'raw/x.csv'),
      'delete raw data': deleteObject('covid-data', 'raw/x.csv'),
      'replace its own program': putObject('covid-artifacts', 'scripts/x.py'),
      'read clicks': getObject('firehose-delivery', CLICK),
      'create a cluster': runUntaggedCluster,
      'terminate a cluster': ({ emr }) => emr.terminateJobFlows({ JobFlowIds: ['j-0000000000000'] }),
    },
  },
  'covid-workflow': {
    allowed: ({ sfn }) => sfn.listExecutions({ stateMachineArn: stateMachine('covid-state-machine') }),
    denied: {
      'create a cluster without its tags': runUntaggedCluster,
      'read raw data': getObject('covid-data', 'raw/x.csv'),
      'start itself': startExecution('covid-state-machine'),
      'invoke a function': invokeIngestion,
    },
  },
  'covid-reaper': {
    allowed: ({ emr }) => emr.listClusters({}),
    denied: {
      'create a cluster': runUntaggedCluster,
      'read raw data': getObject('covid-data', 'raw/x.csv'),
      'start the workflow': startExecution('covid-state-machine'),
    },
  },
});

/** Name of the error of a call; undefined when it succeeds. */
const errorOf = (call: Call, role: LocalDeployment): Promise<string | undefined> =>
  call(role).then(
    () => undefined,
    (error: unknown) => (error as Error).name,
  );

test('A role is denied what its pipeline does not need.', async () => {
  const administrator = await LocalDeployment.open();
  const unexpected: string[] = [];
  for (const [name, { allowed, denied }] of Object.entries(
    callsByRole(await administrator.applicationId()),
  )) {
    const role = await administrator.as(name);
    expect({ name, error: await errorOf(allowed, role) }).toEqual({ name, error: undefined });
    for (const [what, call] of Object.entries(denied)) {
      const error = await errorOf(call, role);
      if (!/^AccessDenied(Exception)?$/.test(error ?? '')) unexpected.push(`${name}: ${what}: ${error}`);
    }
  }
  expect(unexpected).toEqual([]);
});
