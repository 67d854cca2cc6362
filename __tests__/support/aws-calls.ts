import { randomUUID } from 'node:crypto';
import {
  EMRClient,
  ListClustersCommand,
  RunJobFlowCommand,
  TerminateJobFlowsCommand,
} from '@aws-sdk/client-emr';
import {
  CancelJobRunCommand,
  EMRServerlessClient,
  ListApplicationsCommand,
  StartJobRunCommand,
  StopApplicationCommand,
} from '@aws-sdk/client-emr-serverless';
import { DeleteDeliveryStreamCommand, FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { GetTableVersionsCommand, GlueClient, UpdateTableCommand } from '@aws-sdk/client-glue';
import {
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { bucket, stateMachine } from './local-deployment';

const STREAM = 'clicklogger-dev-firehose-delivery-stream';
const nameOf = (role: string): string => `clicklogger-dev-${role}-us-east-1`;
const arnOf = (role: string): string => `arn:aws:iam::000000000000:role/${nameOf(role)}`;

/** Who calls the local AWS, and where it is. */
export interface Caller {
  readonly endpoint: string;
  readonly region: string;
  readonly forcePathStyle: boolean;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** One call of the API, under some caller's credentials. */
export type Call = (caller: Caller) => Promise<unknown>;

export const putObject =
  (purpose: string, Key: string): Call =>
  (caller) =>
    new S3Client(caller).send(new PutObjectCommand({ Bucket: bucket(purpose), Key, Body: 'x' }));

export const getObject =
  (purpose: string, Key: string): Call =>
  (caller) =>
    new S3Client(caller).send(new GetObjectCommand({ Bucket: bucket(purpose), Key }));

export const deleteObject =
  (purpose: string, Key: string): Call =>
  (caller) =>
    new S3Client(caller).send(new DeleteObjectCommand({ Bucket: bucket(purpose), Key }));

export const listObjects =
  (purpose: string, Prefix: string): Call =>
  (caller) =>
    new S3Client(caller).send(new ListObjectsV2Command({ Bucket: bucket(purpose), Prefix }));

export const startJobRun =
  (applicationId: string, role: string): Call =>
  (caller) =>
    new EMRServerlessClient(caller).send(
      new StartJobRunCommand({
        applicationId,
        executionRoleArn: arnOf(role),
        clientToken: randomUUID(),
        jobDriver: { sparkSubmit: { entryPoint: 's3://nowhere/x.jar' } },
      }),
    );

export const cancelJobRun =
  (applicationId: string): Call =>
  (caller) =>
    new EMRServerlessClient(caller).send(
      new CancelJobRunCommand({ applicationId, jobRunId: '00f0000000000000' }),
    );

export const stopApplication =
  (applicationId: string): Call =>
  (caller) =>
    new EMRServerlessClient(caller).send(new StopApplicationCommand({ applicationId }));

export const invokeFunction =
  (name: string): Call =>
  (caller) =>
    new LambdaClient(caller).send(
      new InvokeCommand({ FunctionName: `clicklogger-dev-${name}`, Payload: Buffer.from('{}') }),
    );

export const putRecord =
  (DeliveryStreamName = STREAM): Call =>
  (caller) =>
    new FirehoseClient(caller).send(
      new PutRecordBatchCommand({ DeliveryStreamName, Records: [{ Data: Buffer.from('{}\n') }] }),
    );

export const deleteStream: Call = (caller) =>
  new FirehoseClient(caller).send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: STREAM }));

export const readTable: Call = (caller) =>
  new GlueClient(caller).send(
    new GetTableVersionsCommand({ DatabaseName: 'clicklogger_dev', TableName: 'clicks' }),
  );

export const changeTable: Call = (caller) =>
  new GlueClient(caller).send(
    new UpdateTableCommand({ DatabaseName: 'clicklogger_dev', TableInput: { Name: 'clicks' } }),
  );

export const startExecution =
  (machine: string): Call =>
  (caller) =>
    new SFNClient(caller).send(
      new StartExecutionCommand({ stateMachineArn: stateMachine(machine), input: '{"InputDate":"none"}' }),
    );

export const listExecutions =
  (machine: string): Call =>
  (caller) =>
    new SFNClient(caller).send(new ListExecutionsCommand({ stateMachineArn: stateMachine(machine) }));

export const listClusters: Call = (caller) => new EMRClient(caller).send(new ListClustersCommand({}));

export const terminateCluster: Call = (caller) =>
  new EMRClient(caller).send(new TerminateJobFlowsCommand({ JobFlowIds: ['j-0000000000000'] }));

/** A cluster without the tags of the project. */
export const runUntaggedCluster: Call = (caller) =>
  new EMRClient(caller).send(
    new RunJobFlowCommand({
      Name: 'untagged',
      ReleaseLabel: 'emr-7.13.0',
      ServiceRole: nameOf('covid-service'),
      JobFlowRole: nameOf('covid-instance'),
      Instances: { InstanceCount: 1, MasterInstanceType: 'm7g.xlarge' },
    }),
  );

export const createRole: Call = (caller) =>
  new IAMClient(caller).send(new CreateRoleCommand({ RoleName: 'mine', AssumeRolePolicyDocument: '{}' }));

/** Id of the one EMR Serverless application that is deployed. */
export async function applicationId(caller: Caller): Promise<string> {
  const { applications } = await new EMRServerlessClient(caller).send(new ListApplicationsCommand({}));
  return applications![0]!.id!;
}

/** The caller with a role's credentials; the role trusts the account for no longer than it takes to get them. */
export async function assume(caller: Caller, role: string): Promise<Caller> {
  const iam = new IAMClient(caller);
  const RoleName = nameOf(role);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const trust = decodeURIComponent(Role!.AssumeRolePolicyDocument!);
  const account = { Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [account] });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  try {
    const { Credentials: given } = await new STSClient(caller).send(
      new AssumeRoleCommand({ RoleArn: arnOf(role), RoleSessionName: 'test' }),
    );
    const credentials = {
      accessKeyId: given!.AccessKeyId!,
      secretAccessKey: given!.SecretAccessKey!,
      sessionToken: given!.SessionToken!,
    };
    return { ...caller, credentials };
  } finally {
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust }));
  }
}
