import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { Lambda } from '@aws-sdk/client-lambda';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { S3 } from '@aws-sdk/client-s3';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { type DescribeExecutionCommandOutput, SFN } from '@aws-sdk/client-sfn';
import { eventually } from './eventually';
import { readExports, runTask, type TaskEnd } from './local-run';

/** Names the folder that setup.ts has deployed to. */
export const FOLDER_VARIABLE = 'END_TO_END_FOLDER';

/** File in that folder with the end of the `npm run exec` that has deployed. */
export const FIRST_RUN = 'first-run.json';

const INGESTION = 'clicklogger-dev-ingestion-lambda';

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

/** Clients of the deployment, and what tests do with them. */
export class LocalDeployment {
  readonly lambda: Lambda;
  readonly logs: CloudWatchLogs;
  readonly s3: S3;
  readonly scheduler: Scheduler;
  readonly sfn: SFN;
  readonly emr: EMR;
  readonly emrServerless: EMRServerless;
  readonly events: EventBridge;

  constructor(readonly env: NodeJS.ProcessEnv) {
    const options = {
      endpoint: env.AWS_ENDPOINT_URL!,
      region: 'us-east-1',
      credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! },
    };
    this.lambda = new Lambda(options);
    this.logs = new CloudWatchLogs(options);
    this.s3 = new S3({ ...options, forcePathStyle: true });
    this.scheduler = new Scheduler(options);
    this.sfn = new SFN(options);
    this.emr = new EMR(options);
    this.emrServerless = new EMRServerless(options);
    this.events = new EventBridge(options);
  }

  /** Sends clicks, or what is not, to the ingestion Lambda, which replies. */
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

  /** Runs a state machine to its end. */
  async execute(stateMachineArn: string, input: unknown): Promise<DescribeExecutionCommandOutput> {
    const { executionArn } = await this.sfn.startExecution({ stateMachineArn, input: JSON.stringify(input) });
    return this.follow(executionArn!);
  }

  /** Waits for the end of an execution, whoever has started it. */
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
