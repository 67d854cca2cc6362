import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SQS } from '@aws-sdk/client-sqs';
import { ownTags } from '../teardown/resource';
import { arnOf } from '../aws/arns';
import { createQueueFor } from '../aws/queues';
import type { Target } from '../aws/target';

/** Events of the services of the pipelines. */
const PATTERN = { source: ['aws.states', 'aws.emr', 'aws.emr-serverless'] };

/** SQS returns up to ten messages in a call. */
const MAX_MESSAGES = 10;

/** One empty response is possible while there are messages. */
const EMPTY_ANSWERS = 2;

/** Collects events in a new queue, from which they are read at the end. */
export class EventCollector {
  private queueUrl = '';
  private readonly name: string;

  constructor(private readonly target: Target) {
    this.name = target.names.plain('verify-events');
  }

  async open(): Promise<void> {
    const { target, name } = this;
    const events = target.client(EventBridge);
    // With the tags of the stage, `npm run cleanup` finds the resources of an interrupted verification.
    const tags = ownTags(target);
    const rule = arnOf(target, 'events', `rule/${name}`);
    const queue = await createQueueFor(target, name, 'events.amazonaws.com', rule, tags);
    this.queueUrl = queue.url;
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await events.putRule({ Name: name, EventPattern: JSON.stringify(PATTERN), Tags });
    await events.putTargets({ Rule: name, Targets: [{ Id: 'queue', Arn: queue.arn }] });
  }

  /**
   * The collected events by time, without events of other stages and projects of the account.
   *
   * @param ids of the compute of the stage, because events of job runs and steps do not contain its name
   */
  async read(ids: readonly string[]): Promise<unknown[]> {
    const sqs = this.target.client(SQS);
    const { settings, stage } = this.target;
    const own = [`${settings.appPrefix}-${stage}-`, ...ids];
    const found = new Map<string, { readonly time: string }>();
    const request = { QueueUrl: this.queueUrl, MaxNumberOfMessages: MAX_MESSAGES, WaitTimeSeconds: 1 };
    for (let empty = 0; empty < EMPTY_ANSWERS;) {
      const { Messages = [] } = await sqs.receiveMessage(request);
      empty = Messages.length === 0 ? empty + 1 : 0;
      for (const { MessageId, Body } of Messages)
        if (MessageId !== undefined && Body !== undefined && own.some((sign) => Body.includes(sign)))
          found.set(MessageId, JSON.parse(Body) as { time: string });
    }
    return [...found.values()].sort((a, b) => a.time.localeCompare(b.time));
  }

  async close(): Promise<void> {
    if (this.queueUrl === '') return;
    const events = this.target.client(EventBridge);
    await events.removeTargets({ Rule: this.name, Ids: ['queue'] });
    await events.deleteRule({ Name: this.name });
    await this.target.client(SQS).deleteQueue({ QueueUrl: this.queueUrl });
  }
}
