import type { ClickResources } from './click-resources';
import { request, type PermissionMatrix, type RoleDeclaration } from './declaration';

function reaper({
  arn,
  application,
  otherApplication,
  executions,
  deadLetters,
  startedBy,
}: ClickResources): RoleDeclaration {
  return {
    may: [
      request('emr-serverless:ListJobRuns', application),
      request('emr-serverless:GetJobRun', `${application}/jobruns/1`),
      request('emr-serverless:CancelJobRun', `${application}/jobruns/1`, startedBy(`${executions}:run-1`)),
      request('states:DescribeExecution', `${executions}:run-1`),
      request('sqs:SendMessage', deadLetters),
    ],
    mayNot: [
      request('emr-serverless:CancelJobRun', `${application}/jobruns/1`),
      request(
        'emr-serverless:CancelJobRun',
        `${application}/jobruns/1`,
        startedBy(arn('states', 'execution:other:run-1')),
      ),
      request(
        'emr-serverless:CancelJobRun',
        `${otherApplication}/jobruns/1`,
        startedBy(`${executions}:run-1`),
      ),
      request('emr-serverless:StartJobRun', application),
      request('emr-serverless:StopApplication', application),
      request('states:DescribeExecution', arn('states', 'execution:other:run-1')),
      request('states:StopExecution', `${executions}:run-1`),
      request('elasticmapreduce:ListClusters', '*'),
    ],
  };
}

function notifier({
  base,
  output,
  logs,
  arn,
  application,
  executions,
  deadLetters,
  startedBy,
}: ClickResources): RoleDeclaration {
  return {
    may: [
      request('emr-serverless:ListJobRuns', application),
      request('emr-serverless:GetJobRun', `${application}/jobruns/1`),
      request('s3:GetObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
      request('s3:ListBucket', logs),
      request('sns:Publish', arn('sns', `${base}-alerts`)),
      request('sqs:SendMessage', deadLetters),
    ],
    mayNot: [
      request('emr-serverless:CancelJobRun', `${application}/jobruns/1`, startedBy(`${executions}:run-1`)),
      request('s3:GetObject', `${output}/2026/03/04/response.md`),
      request('s3:PutObject', `${logs}/applications/x`),
      request('sns:Publish', arn('sns', 'other')),
      request('sns:Subscribe', arn('sns', `${base}-alerts`)),
    ],
  };
}

/** What the roles that watch over job runs must be able to do, and what they must not. */
export function clickWatchMatrix(resources: ClickResources): PermissionMatrix {
  return { reaper: reaper(resources), notifier: notifier(resources) };
}
