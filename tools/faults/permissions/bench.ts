import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Lambda } from '@aws-sdk/client-lambda';
import { type DescribeExecutionCommandOutput, SFN } from '@aws-sdk/client-sfn';
import { S3 } from '@aws-sdk/client-s3';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { createClient } from '../../../handlers/shared/aws-clients';
import { arnOf } from '../../aws/arns';
import { ignoreNotFound } from '../../aws/aws-errors';
import { executionEnd, runningExecutions } from '../../aws/executions';
import { createQueueFor } from '../../aws/queues';
import { TASK_LIMITS } from '../../aws/request-limits';
import { listObjects } from '../../aws/s3-objects';
import { waitFor } from '../../aws/waiting';
import { TaskError } from '../../cli/errors';
import { LOCAL_CREDENTIALS } from '../../local-aws/client-environment';
import { startRun } from '../../runs/execution';
import type { VerifiedStage } from '../../verify/stage';
import type { RolePolicies } from './role-policies';

/** Some functions wait more than a minute for a log. */
const FUNCTION_LIMITS = { ...TASK_LIMITS.local, answerMs: 5 * 60_000, completeMs: 5 * 60_000 };

/** Operations of scenarios on the deployed stage of one pipeline; waits fail after a time limit. */
export class Bench {
  limitMs = 0;
  /** ARNs of executions and ids of compute for later scenarios. */
  readonly left = new Map<string, string>();
  private readonly lambda: Lambda;

  constructor(
    readonly stage: VerifiedStage,
    readonly policies: RolePolicies,
    private readonly stateMachineArn: string,
  ) {
    const { region, terraformEnv } = stage.target;
    const config = { region, endpoint: terraformEnv.AWS_ENDPOINT_URL ?? '', credentials: LOCAL_CREDENTIALS };
    this.lambda = createClient(Lambda, config, FUNCTION_LIMITS);
  }

  get target() {
    return this.stage.target;
  }

  wait<T>(what: string, get: () => Promise<T | undefined>): Promise<T> {
    return waitFor(this.target, what, get, { limitMs: this.limitMs });
  }

  take(name: string): string {
    const found = this.left.get(name);
    if (found === undefined) throw new TaskError(`No earlier scenario provides: ${name}.`);
    return found;
  }

  start(input: unknown): Promise<string> {
    return startRun(this.target, this.stateMachineArn, input);
  }

  /** Stops an execution if it is still running; the list of executions is delayed. */
  async stop(executionArn: string): Promise<void> {
    const call = this.target.client(SFN).stopExecution({ executionArn });
    await ignoreNotFound(call, 'ValidationException');
  }

  ended(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return executionEnd(this.target, executionArn, this.limitMs);
  }

  /** Runs an execution to its end; rejects unless it ends with this status and error. */
  async run(input: unknown, status: string, error?: string): Promise<DescribeExecutionCommandOutput> {
    const execution = await this.ended(await this.start(input));
    const seen = [execution.status, execution.error].join(' ');
    if (seen !== [status, error].join(' ')) throw new TaskError(`${seen}: ${execution.cause ?? ''}`);
    return execution;
  }

  running(): Promise<string[]> {
    return runningExecutions(this.target, [this.stateMachineArn]);
  }

  /** Invokes a function, and waits for the log of the invocation. Resolves with the response. */
  async invoke(purpose: string, event: unknown): Promise<string> {
    const began = Date.now();
    const FunctionName = this.target.names.function(purpose);
    const request = { FunctionName, Payload: JSON.stringify(event) };
    const { Payload, FunctionError } = await this.lambda.invoke(request);
    const answer = Payload?.transformToString() ?? '';
    if (FunctionError !== undefined) throw new TaskError(`${FunctionName}: ${answer}`);
    await this.logged('lambda', `${purpose}-lambda`, began);
    return answer;
  }

  /** Invokes a function asynchronously, which can retry for minutes without a permission; waits for `work` and the log. */
  async invokeUntil(purpose: string, event: unknown, work: () => Promise<void>): Promise<void> {
    const began = Date.now();
    await this.invokeLater(purpose, event);
    await work();
    await this.logged('lambda', `${purpose}-lambda`, began);
  }

  /** Invokes a function asynchronously with an invalid event, and waits for the dead letter after the last retry. */
  async failInvocation(purpose: string, deadLetters: string): Promise<void> {
    const name = this.target.names.function(purpose);
    await this.receive(
      deadLetters,
      (text) => text.includes(name),
      () => this.invokeLater(purpose, {}),
    );
  }

  private async invokeLater(purpose: string, event: unknown): Promise<void> {
    const FunctionName = this.target.names.function(purpose);
    const Payload = JSON.stringify(event);
    await this.lambda.invoke({ FunctionName, InvocationType: 'Event', Payload });
  }

  /** Waits for an event in a log group from `since` on. */
  async logged(service: string, purpose: string, since: number): Promise<void> {
    const logGroupName = this.target.names.logGroup(service, purpose);
    await this.wait(`A line in ${logGroupName}`, async () => {
      const { events = [] } = await this.target
        .client(CloudWatchLogs)
        .filterLogEvents({ logGroupName, startTime: since, limit: 1 });
      return events[0];
    });
  }

  /** Purges a queue, does `work`, and waits for its message. */
  async receive(
    purpose: string,
    isMeant: (text: string) => boolean,
    work: () => Promise<unknown>,
  ): Promise<string> {
    const sqs = this.target.client(SQS);
    const QueueName = this.target.names.plain(purpose);
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName });
    await sqs.purgeQueue({ QueueUrl });
    await work();
    return this.wait(`A message in ${purpose}`, async () => {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
      return Messages.map(({ Body = '' }) => Body).find(isMeant);
    });
  }

  /** Subscribes a new queue to a topic. */
  async listen(topic: string, queue: string): Promise<void> {
    const { client, names } = this.target;
    const TopicArn = arnOf(this.target, 'sns', names.plain(topic));
    const { arn } = await createQueueFor(this.target, names.plain(queue), 'sns.amazonaws.com', TopicArn);
    await client(SNS).subscribe({ TopicArn, Protocol: 'sqs', Endpoint: arn });
  }

  /** Invokes a notifier with the end of an execution. Resolves with its notification. */
  async notify(purpose: string, queue: string, executionArn: string): Promise<string> {
    const { status, error, cause, startDate, stopDate } = await this.ended(executionArn);
    const times = { startDate: startDate?.getTime(), stopDate: stopDate?.getTime() };
    const event = { detail: { executionArn, status, error, cause, ...times } };
    return this.receive(
      queue,
      (text) => text.includes(executionArn),
      () => this.invoke(purpose, event),
    );
  }

  /** Does `work` while the objects of a folder are moved away. */
  async without<T>(Bucket: string, Prefix: string, work: () => Promise<T>): Promise<T> {
    const s3 = this.target.client(S3);
    const objects = await listObjects(s3, { Bucket, Prefix });
    const elsewhere = (key: string): string => `elsewhere/${key}`;
    const move = async (from: string, to: string): Promise<void> => {
      await s3.copyObject({ Bucket, Key: to, CopySource: `${Bucket}/${from}` });
      await s3.deleteObject({ Bucket, Key: from });
    };
    for (const { Key } of objects) await move(Key, elsewhere(Key));
    try {
      return await work();
    } finally {
      for (const { Key } of objects) await move(elsewhere(Key), Key);
    }
  }

  async enableRule(purpose: string, isEnabled: boolean): Promise<void> {
    const Name = this.target.names.plain(purpose);
    const events = this.target.client(EventBridge);
    await (isEnabled ? events.enableRule({ Name }) : events.disableRule({ Name }));
  }
}

export interface PermissionScenario {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
}

/** @throws TaskError unless the text matches all patterns */
export function expectIn(text: string | undefined, ...expected: readonly RegExp[]): void {
  for (const pattern of expected)
    if (!pattern.test(text ?? ''))
      throw new TaskError(`Expected ${pattern.source}, got ${text ?? 'nothing'}`);
}
