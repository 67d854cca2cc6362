import { passRole, type PolicyStatement } from '../constructs/support/policy-document';
import { inputStates } from './click-input';
import { cancelState, failJobState, type JobRunParams, monitoringStates, startState } from './job-run-states';
import type { Definition, ReleaseRule, State, Workflow } from './states-language';
import { CALL_TIMEOUT_SECONDS, catchAll, query, retry } from './task-parts';

/** What the clicklogger workflow needs from its environment; ARNs and ids may be Terraform tokens. */
export interface ClickloggerWorkflowParams extends JobRunParams {
  readonly applicationArn: string;
  readonly deliveryBucket: { readonly name: string; readonly arn: string };
  /** Folder of the clicks' partitions up to the date, e.g. `clicklog/data=`. */
  readonly partitionPrefix: string;
}

/** S3's errors that go away by themselves: throttling, and faults on the service's side. */
const TRANSIENT_ERRORS = [
  'S3.SlowDownException',
  'S3.S3Exception',
  'S3.SdkClientException',
  'States.Timeout',
];

function searchStates(params: ClickloggerWorkflowParams): Record<string, State> {
  return {
    FindClicks: {
      Type: 'Task',
      Comment: 'A day without clicks is not a failed job',
      Resource: 'arn:aws:states:::aws-sdk:s3:listObjectsV2',
      Arguments: {
        Bucket: params.deliveryBucket.name,
        Prefix: query(`'${params.partitionPrefix}' & ($inputDate = 'ALL' ? '' : $inputDate & '/')`),
        MaxKeys: 1,
      },
      TimeoutSeconds: CALL_TIMEOUT_SECONDS,
      Retry: retry(TRANSIENT_ERRORS),
      Catch: catchAll('Looking for clicks failed', 'FailRun'),
      Assign: {
        clicksFound: query('$exists($states.result.Contents) and $count($states.result.Contents) > 0'),
      },
      Next: 'CheckClicks',
    },
    CheckClicks: {
      Type: 'Choice',
      Choices: [{ Condition: query('$clicksFound'), Next: 'StartJob' }],
      Default: 'NothingToDo',
    },
    NothingToDo: {
      Type: 'Succeed',
      Output: {
        status: 'NOTHING_TO_DO',
        message: query(
          `'No clicks for ' & $inputDate & ' in s3://${params.deliveryBucket.name}/${params.partitionPrefix}' & ` +
            "($inputDate = 'ALL' ? '*' : $inputDate & '/') & '; no job was started.'",
        ),
      },
    },
  };
}

function reportState({ outputBucketName }: ClickloggerWorkflowParams): State {
  return {
    Type: 'Succeed',
    Output: {
      status: 'SUCCEEDED',
      report: query(
        `'s3://${outputBucketName}/' & ($inputDate = 'ALL' ? 'ALL/' : '') & ` +
          "$replace($inputDate = 'ALL' ? $reportDate : $inputDate, '-', '/') & '/response.md'",
      ),
      jobRunId: query('$jobRunId'),
      durationSeconds: query('$job.durationSeconds'),
      billed: query('$job.billed'),
      costUsd: query('$job.costUsd'),
      logs: query('$job.logs'),
    },
  };
}

function statements(params: ClickloggerWorkflowParams): PolicyStatement[] {
  const jobRuns = `${params.applicationArn}/jobruns/*`;
  return [
    {
      sid: 'FindClicks',
      actions: ['s3:ListBucket'],
      resources: [params.deliveryBucket.arn],
      conditions: { StringLike: { 's3:prefix': `${params.partitionPrefix}*` } },
    },
    { sid: 'StartJob', actions: ['emr-serverless:StartJobRun'], resources: [params.applicationArn] },
    { sid: 'CancelJob', actions: ['emr-serverless:CancelJobRun'], resources: [jobRuns] },
    // AWS does not document whether tags given to StartJobRun are checked on the application or the new job run.
    { sid: 'TagJob', actions: ['emr-serverless:TagResource'], resources: [params.applicationArn, jobRuns] },
    passRole('PassJobRole', params.jobRoleArn, 'emr-serverless'),
    { sid: 'GetJobStatus', actions: ['lambda:InvokeFunction'], resources: [params.statusFunctionArn] },
  ];
}

/**
 * Seconds between the last poll that may still cancel the job run and the time limit of the state machine itself, in
 * addition to one more poll: the status and the cancellation may each be tried until their last attempt.
 */
const CLOSING_SECONDS = 1800;

/** How the compute that the workflow starts comes to its end. */
export const clickloggerReleaseRules: readonly ReleaseRule[] = [
  {
    compute: 'EMR Serverless job run',
    acquiredBy: 'StartJob',
    // The client token makes a retry find the job run that a lost answer hid.
    acquiredOnFailure: false,
    releasedBy: ['CancelJob'],
    finishedBy: [{ state: 'CheckJob', next: 'CheckResult' }],
  },
];

/** Clicks of one day, or of all days, to one report: check, find clicks, start, monitor, and cancel whatever goes wrong. */
export function clickloggerWorkflow(params: ClickloggerWorkflowParams): Workflow {
  const definition: Definition = {
    Comment:
      'Counts the clicks of a day on EMR Serverless. Input: {"InputDate": "yyyy-MM-dd" | "ALL"} or {}.',
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    TimeoutSeconds: params.runTimeoutMinutes * 60 + params.pollSeconds + CLOSING_SECONDS,
    States: {
      ...inputStates('FindClicks'),
      ...searchStates(params),
      StartJob: startState(params),
      ...monitoringStates(params),
      ReportReady: reportState(params),
      CancelJob: cancelState(params),
      FailRun: { Type: 'Fail', Error: query('$failure.error'), Cause: query('$failure.cause') },
      FailJob: failJobState(params),
    },
  };
  return {
    definition,
    statements: statements(params),
    releaseRules: clickloggerReleaseRules,
  };
}
