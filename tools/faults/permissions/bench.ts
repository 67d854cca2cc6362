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

/** Some functions wait for a log for more than a minute. */
const FUNCTION_LIMITS = { ...TASK_LIMITS.local, answerMs: 5 * 60_000, completeMs: 5 * 60_000 };

/** What the scenarios of one pipeline do with the deployed stage; each call fails when what it waits for does not come. */
export class Bench {
  /** For everything that a scenario waits for; a run without a permission must not wait for ever. */
  limitMs = 0;
  /** ARN of an execution, or id of compute, that an earlier scenario has left for later ones. */
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

  /** What an earlier scenario has left. */
  take(name: string): string {
    const found = this.left.get(name);
    if (found === undefined) throw new TaskError(`No scenario has left: ${name}.`);
    return found;
  }

  start(input: unknown): Promise<string> {
    return startRun(this.target, this.stateMachineArn, input);
  }

  /** Stops an execution, unless it has ended meanwhile: the list of executions is late. */
  async stop(executionArn: string): Promise<void> {
    const call = this.target.client(SFN).stopExecution({ executionArn });
    await ignoreNotFound(call, 'ValidationException');
  }

  ended(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return executionEnd(this.target, executionArn, this.limitMs);
  }

  /** Runs an execution to its end; rejects unless it ends with this status, and error if it fails. */
  async run(input: unknown, status: string, error?: string): Promise<DescribeExecutionCommandOutput> {
    const execution = await this.ended(await this.start(input));
    const seen = [execution.status, execution.error].join(' ');
    if (seen !== [status, error].join(' ')) throw new TaskError(`${seen}: ${execution.cause ?? ''}`);
    return execution;
  }

  /** Executions that run. */
  running(): Promise<string[]> {
    return runningExecutions(this.target, [this.stateMachineArn]);
  }

  /** Invokes a function, and waits for the lines of that invocation in its log. Resolves with its answer. */
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

  /** Has Lambda invoke a function that continues for minutes when it may not do its work; waits for `work` and the log. */
  async invokeUntil(purpose: string, event: unknown, work: () => Promise<void>): Promise<void> {
    const began = Date.now();
    await this.invokeLater(purpose, event);
    await work();
    await this.logged('lambda', `${purpose}-lambda`, began);
  }

  /** Has Lambda invoke a function with an event that it does not take, until Lambda gives up and keeps the event. */
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

  /** Empties a queue, does `work`, and waits for the message that this sends there. */
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

  /** Has a queue of the test's own get the messages of a topic. */
  async listen(topic: string, queue: string): Promise<void> {
    const { client, names } = this.target;
    const TopicArn = arnOf(this.target, 'sns', names.plain(topic));
    const { arn } = await createQueueFor(this.target, names.plain(queue), 'sns.amazonaws.com', TopicArn);
    await client(SNS).subscribe({ TopicArn, Protocol: 'sqs', Endpoint: arn });
  }

  /** Has a notifier report how an execution has ended. Resolves with its message. */
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

  /** Does `work` while the objects below a folder of a bucket are elsewhere. */
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

/** One thing that the stage is made to do. */
export interface PermissionScenario {
  readonly name: string;
  /** Rejects when the stage does not do it. */
  readonly run: (bench: Bench) => Promise<void>;
}

/** Rejects unless the text has what is expected in it. */
export function expectIn(text: string | undefined, ...expected: readonly RegExp[]): void {
  for (const pattern of expected)
    if (!pattern.test(text ?? ''))
      throw new TaskError(`Expected ${pattern.source}, got ${text ?? 'nothing'}`);
}
