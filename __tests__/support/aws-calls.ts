import { randomUUID } from 'node:crypto';
import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { Firehose } from '@aws-sdk/client-firehose';
import { Glue } from '@aws-sdk/client-glue';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';
import { STS } from '@aws-sdk/client-sts';
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
    new S3(caller).putObject({ Bucket: bucket(purpose), Key, Body: 'x' });

export const getObject =
  (purpose: string, Key: string): Call =>
  (caller) =>
    new S3(caller).getObject({ Bucket: bucket(purpose), Key });

export const deleteObject =
  (purpose: string, Key: string): Call =>
  (caller) =>
    new S3(caller).deleteObject({ Bucket: bucket(purpose), Key });

export const listObjects =
  (purpose: string, Prefix: string): Call =>
  (caller) =>
    new S3(caller).listObjectsV2({ Bucket: bucket(purpose), Prefix });

export const startJobRun =
  (applicationId: string, role: string): Call =>
  (caller) =>
    new EMRServerless(caller).startJobRun({
      applicationId,
      executionRoleArn: arnOf(role),
      clientToken: randomUUID(),
      jobDriver: { sparkSubmit: { entryPoint: 's3://nowhere/x.jar' } },
    });

export const cancelJobRun =
  (applicationId: string): Call =>
  (caller) =>
    new EMRServerless(caller).cancelJobRun({ applicationId, jobRunId: '00f0000000000000' });

export const stopApplication =
  (applicationId: string): Call =>
  (caller) =>
    new EMRServerless(caller).stopApplication({ applicationId });

export const invokeFunction =
  (name: string): Call =>
  (caller) =>
    new Lambda(caller).invoke({ FunctionName: `clicklogger-dev-${name}`, Payload: Buffer.from('{}') });

export const putRecord =
  (DeliveryStreamName = STREAM): Call =>
  (caller) =>
    new Firehose(caller).putRecordBatch({ DeliveryStreamName, Records: [{ Data: Buffer.from('{}\n') }] });

export const deleteStream: Call = (caller) =>
  new Firehose(caller).deleteDeliveryStream({ DeliveryStreamName: STREAM });

export const readTable: Call = (caller) =>
  new Glue(caller).getTableVersions({ DatabaseName: 'clicklogger_dev', TableName: 'clicks' });

export const changeTable: Call = (caller) =>
  new Glue(caller).updateTable({ DatabaseName: 'clicklogger_dev', TableInput: { Name: 'clicks' } });

export const startExecution =
  (machine: string): Call =>
  (caller) =>
    new SFN(caller).startExecution({ stateMachineArn: stateMachine(machine), input: '{"InputDate":"none"}' });

export const listExecutions =
  (machine: string): Call =>
  (caller) =>
    new SFN(caller).listExecutions({ stateMachineArn: stateMachine(machine) });

export const listClusters: Call = (caller) => new EMR(caller).listClusters({});

export const terminateCluster: Call = (caller) =>
  new EMR(caller).terminateJobFlows({ JobFlowIds: ['j-0000000000000'] });

/** A cluster without the tags of the project. */
export const runUntaggedCluster: Call = (caller) =>
  new EMR(caller).runJobFlow({
    Name: 'untagged',
    ReleaseLabel: 'emr-7.13.0',
    ServiceRole: nameOf('covid-service'),
    JobFlowRole: nameOf('covid-instance'),
    Instances: { InstanceCount: 1, MasterInstanceType: 'm7g.xlarge' },
  });

export const createRole: Call = (caller) =>
  new IAM(caller).createRole({ RoleName: 'mine', AssumeRolePolicyDocument: '{}' });

/** Id of the one EMR Serverless application that is deployed. */
export async function applicationId(caller: Caller): Promise<string> {
  const { applications } = await new EMRServerless(caller).listApplications({});
  return applications![0]!.id!;
}

/** The caller with a role's credentials; the role trusts the account for no longer than it takes to get them. */
export async function assume(caller: Caller, role: string): Promise<Caller> {
  const iam = new IAM(caller);
  const RoleName = nameOf(role);
  const { Role } = await iam.getRole({ RoleName });
  const trust = decodeURIComponent(Role!.AssumeRolePolicyDocument!);
  const account = { Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [account] });
  await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument });
  try {
    const { Credentials: given } = await new STS(caller).assumeRole({
      RoleArn: arnOf(role),
      RoleSessionName: 'test',
    });
    const credentials = {
      accessKeyId: given!.AccessKeyId!,
      secretAccessKey: given!.SecretAccessKey!,
      sessionToken: given!.SessionToken!,
    };
    return { ...caller, credentials };
  } finally {
    await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust });
  }
}
