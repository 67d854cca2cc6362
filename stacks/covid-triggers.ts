import type { DeadLetterQueue } from '../constructs/dead-letter-queue';
import type { PrivateBucket } from '../constructs/private-bucket';
import { StateMachineSchedule } from '../constructs/state-machine-schedule';
import type { PolicyStatement } from '../constructs/support/policy-document';
import { UploadTrigger } from '../constructs/upload-trigger';
import { COVID_PREFIXES } from './covid-permissions';
import type { PipelineStack } from './pipeline-stack';

interface Triggered {
  /** Name of the schedule and of the rule. */
  readonly name: string;
  readonly data: PrivateBucket;
  readonly stateMachineArn: string;
  readonly deadLetters: DeadLetterQueue;
}

/** What starts the covid pipeline by itself: a schedule, the arrival of a file, both or neither. */
export function createTriggers(stack: PipelineStack, triggered: Triggered): void {
  const { schedule, onUpload } = stack.settings.covid;
  if (schedule !== undefined) createSchedule(stack, schedule, triggered);
  if (onUpload) createUploadTrigger(stack, triggered);
}

function startStatement(stateMachineArn: string): PolicyStatement {
  return { sid: 'StartWorkflow', actions: ['states:StartExecution'], resources: [stateMachineArn] };
}

function createSchedule(
  stack: PipelineStack,
  schedule: { readonly expression: string; readonly timeZone: string },
  { name: scheduleName, stateMachineArn, deadLetters }: Triggered,
): void {
  const role = stack.role('ScheduleRole', 'covid-schedule', {
    description: 'EventBridge Scheduler starts the workflow',
    service: 'scheduler.amazonaws.com',
    sourceArns: [stack.arn('scheduler', `schedule-group/${scheduleName}`)],
    statements: [
      startStatement(stateMachineArn),
      { sid: 'SendToDeadLetterQueue', actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] },
    ],
  });
  new StateMachineSchedule(stack, 'Schedule', {
    scheduleName,
    ...schedule,
    stateMachineArn,
    role,
    deadLetters,
  });
}

function createUploadTrigger(stack: PipelineStack, triggered: Triggered): void {
  const { name: ruleName, data, stateMachineArn, deadLetters } = triggered;
  const role = stack.role('UploadRole', 'covid-upload', {
    description: 'EventBridge starts the workflow when a file arrives',
    service: 'events.amazonaws.com',
    sourceArns: [stack.ruleArn(ruleName)],
    statements: [startStatement(stateMachineArn)],
  });
  new UploadTrigger(stack, 'Upload', {
    ruleName,
    description: 'A file of hospital data has arrived',
    bucket: data,
    prefix: COVID_PREFIXES.raw,
    stateMachineArn,
    role,
    deadLetters,
  });
}
