import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Firehose } from '@aws-sdk/client-firehose';
import { Glue } from '@aws-sdk/client-glue';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { type DescribeExecutionCommandOutput, SFN } from '@aws-sdk/client-sfn';
import { STS } from '@aws-sdk/client-sts';
import { s3aRegion } from '../../workflows/task-parts';
import { eventually } from './eventually';
import { readExports, runTask, type TaskEnd } from './local-run';

/** Names the folder that setup.ts has deployed to. */
export const FOLDER_VARIABLE = 'END_TO_END_FOLDER';

/** File in that folder with the end of the `npm run exec` that has deployed. */
export const FIRST_RUN = 'first-run.json';

const INGESTION = 'clicklogger-dev-ingestion-lambda';

/** A PySpark program. */
export const SLEEPING_JOB = 'import time\ntime.sleep(3600)\n';

export interface IngestionReply {
  readonly statusCode: number;
  readonly body: {
    readonly accepted: number;
    readonly rejected: readonly {
      readonly index: number;
      readonly field: string | null;
      readonly reason: string;
    }[];
  };
}

export const bucket = (purpose: string): string => `us-east-1-clicklogger-dev-${purpose}-000000000000`;

export const stateMachine = (name: string): string =>
  `arn:aws:states:us-east-1:000000000000:stateMachine:clicklogger-dev-${name}`;

/** The folder of the deployment that all end-to-end tests share. */
export function localFolder(): string {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) throw new Error(`${FOLDER_VARIABLE} is not set: setup.ts has not run.`);
  return folder;
}

/** Environment in which tasks work on that deployment. */
export function taskEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CLICKLOGGER_LOCAL_DIR: localFolder() };
}

/** How the `npm run exec` that has deployed has ended. */
export function firstRun(): TaskEnd {
  return JSON.parse(readFileSync(join(localFolder(), FIRST_RUN), 'utf8')) as TaskEnd;
}

/** The shell's environment after `eval "$(npm run --silent local:env)"`. */
export async function shellEnvironment(): Promise<NodeJS.ProcessEnv> {
  const exported = await runTask('local-env', [], taskEnvironment());
  return { ...taskEnvironment(), ...readExports(exported.stdout) };
}

export const roleName = (role: string): string => `clicklogger-dev-${role}-us-east-1`;

export const roleArn = (role: string): string => `arn:aws:iam::000000000000:role/${roleName(role)}`;

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The deployment as a caller with some credentials uses it. */
export class LocalDeployment {
  readonly emr: EMR;
  readonly emrServerless: EMRServerless;
  readonly events: EventBridge;
  readonly firehose: Firehose;
  readonly glue: Glue;
  readonly iam: IAM;
  readonly lambda: Lambda;
  readonly logs: CloudWatchLogs;
  readonly s3: S3;
  readonly scheduler: Scheduler;
  readonly sfn: SFN;
  readonly sts: STS;

  constructor(
    readonly env: NodeJS.ProcessEnv,
    credentials: Credentials = {
      accessKeyId: env.AWS_ACCESS_KEY_ID!,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY!,
    },
  ) {
    const options = { endpoint: env.AWS_ENDPOINT_URL!, region: 'us-east-1', credentials };
    this.emr = new EMR(options);
    this.emrServerless = new EMRServerless(options);
    this.events = new EventBridge(options);
    this.firehose = new Firehose(options);
    this.glue = new Glue(options);
    this.iam = new IAM(options);
    this.lambda = new Lambda(options);
    this.logs = new CloudWatchLogs(options);
    this.s3 = new S3({ ...options, forcePathStyle: true });
    this.scheduler = new Scheduler(options);
    this.sfn = new SFN(options);
    this.sts = new STS(options);
  }

  /** The deployment that all end-to-end tests share, as the account's administrator uses it. */
  static async open(): Promise<LocalDeployment> {
    return new LocalDeployment(await shellEnvironment());
  }

  /** The deployment as a role uses it, which trusts the account until its credentials are there. */
  async as(role: string): Promise<LocalDeployment> {
    const RoleName = roleName(role);
    const { Role } = await this.iam.getRole({ RoleName });
    const trust = decodeURIComponent(Role!.AssumeRolePolicyDocument!);
    const account = { Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [account] });
    await this.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument });
    try {
      const request = { RoleArn: roleArn(role), RoleSessionName: 'test' };
      const { Credentials: given } = await this.sts.assumeRole(request);
      const { AccessKeyId, SecretAccessKey, SessionToken } = given!;
      return new LocalDeployment(this.env, {
        accessKeyId: AccessKeyId!,
        secretAccessKey: SecretAccessKey!,
        sessionToken: SessionToken!,
      });
    } finally {
      await this.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust });
    }
  }

  /** Id of the EMR Serverless application. */
  async applicationId(): Promise<string> {
    const { applications } = await this.emrServerless.listApplications({});
    return applications!.find(({ name }) => name!.startsWith('clicklogger-dev-'))!.id!;
  }

  /** Starts a job run whose PySpark program sleeps for an hour; resolves while it runs. */
  async startSleepingJob(): Promise<string> {
    const applicationId = await this.applicationId();
    const job = { Bucket: bucket('loggregator-source'), Key: 'jobs/sleep.py' };
    await this.s3.putObject({ ...job, Body: SLEEPING_JOB });
    const { jobRunId } = await this.emrServerless.startJobRun({
      applicationId,
      clientToken: randomUUID(),
      executionRoleArn: roleArn('job'),
      jobDriver: {
        sparkSubmit: {
          entryPoint: `s3://${job.Bucket}/${job.Key}`,
          sparkSubmitParameters: `--conf ${s3aRegion('us-east-1')}`,
        },
      },
    });
    await eventually(async () => (await this.jobRunState(applicationId, jobRunId!)) === 'RUNNING');
    return jobRunId!;
  }

  async jobRunState(applicationId: string, jobRunId: string): Promise<string> {
    const { jobRun } = await this.emrServerless.getJobRun({ applicationId, jobRunId });
    return jobRun!.state!;
  }

  /** Invokes the ingestion Lambda. */
  async ingest(payload: unknown): Promise<IngestionReply> {
    const reply = await this.lambda.invoke({
      FunctionName: INGESTION,
      Payload: Buffer.from(JSON.stringify(payload)),
    });
    expect(reply.FunctionError).toBeUndefined();
    const { statusCode, body } = JSON.parse(Buffer.from(reply.Payload!).toString()) as {
      statusCode: number;
      body: string;
    };
    return { statusCode, body: JSON.parse(body) as IngestionReply['body'] };
  }

  /** Starts an execution and waits for its end. */
  async execute(stateMachineArn: string, input: unknown): Promise<DescribeExecutionCommandOutput> {
    const { executionArn } = await this.sfn.startExecution({ stateMachineArn, input: JSON.stringify(input) });
    return this.follow(executionArn!);
  }

  /** Waits for the end of an execution. */
  async follow(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return eventually(async () => {
      const execution = await this.sfn.describeExecution({ executionArn });
      return execution.status !== 'RUNNING' && execution;
    });
  }

  async readObject(uri: string): Promise<string> {
    return Buffer.from(await this.readBytes(uri)).toString();
  }

  async readBytes(uri: string): Promise<Uint8Array> {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!;
    const { Body } = await this.s3.getObject({ Bucket: Bucket!, Key: Key! });
    return Body!.transformToByteArray();
  }
}
