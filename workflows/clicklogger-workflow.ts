import { passRole, type PolicyStatement } from '../constructs/support/policy-document';
import { inputStates } from './click-input';
import { searchStates } from './data-search';
import {
  cancelState,
  startWithKey,
  failJobState,
  type JobRunParams,
  monitoringStates,
  startState,
} from './job-run-states';
import type { Definition, ReleaseRule, State, Workflow } from './states-language';
import { query } from './task-parts';

/** Parameters of the clicklogger workflow; ARNs and ids may be Terraform tokens. */
export interface ClickloggerWorkflowParams extends JobRunParams {
  readonly applicationArn: string;
  readonly deliveryBucket: { readonly name: string; readonly arn: string };
  /** Prefix of the partitions up to the date, e.g. `clicklog/data=`. */
  readonly partitionPrefix: string;
}

function findClicks({ deliveryBucket, partitionPrefix }: ClickloggerWorkflowParams): Record<string, State> {
  const bucketName = deliveryBucket.name;
  return searchStates(
    {
      what: 'Clicks',
      bucketName,
      prefix: query(`'${partitionPrefix}' & ($inputDate = 'ALL' ? '' : $inputDate & '/')`),
      // The job reports a file without content.
      files: 'forSpark',
      nothing: query(
        `'No clicks for ' & $inputDate & ' in s3://${bucketName}/${partitionPrefix}' & ` +
          "($inputDate = 'ALL' ? '*' : $inputDate & '/') & '; no job was started.'",
      ),
    },
    'StartJob',
  );
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
    // AWS does not document whether IAM checks tags of StartJobRun on the application or on the new job run.
    { sid: 'TagJob', actions: ['emr-serverless:TagResource'], resources: [params.applicationArn, jobRuns] },
    passRole('PassJobRole', params.jobRoleArn, 'emr-serverless'),
    ...startWithKey(params.logKeyArn),
    { sid: 'GetJobStatus', actions: ['lambda:InvokeFunction'], resources: [params.statusFunctionArn] },
  ];
}

/**
 * Seconds between the last poll that can cancel the job run and the timeout of the state machine, in addition to one more poll:
 * the status request and the cancellation may each use all their retries.
 */
const CLOSING_SECONDS = 1800;

/** How the workflow releases its compute. */
export const clickloggerReleaseRules: readonly ReleaseRule[] = [
  {
    compute: 'EMR Serverless job run',
    acquiredBy: 'StartJob',
    // With the client token a retry returns the job run of a lost response.
    acquiredOnFailure: false,
    releasedBy: ['CancelJob'],
    finishedBy: [{ state: 'CheckJob', next: 'CheckResult' }],
  },
];

/** Creates the report of one day or of all days: validate, find clicks, start, monitor, and cancel the job run after an error. */
export function clickloggerWorkflow(params: ClickloggerWorkflowParams): Workflow {
  const definition: Definition = {
    Comment:
      'Counts the clicks of a day on EMR Serverless. Input: {"InputDate": "yyyy-MM-dd" | "ALL"} or {}.',
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    TimeoutSeconds: params.runTimeoutMinutes * 60 + params.pollSeconds + CLOSING_SECONDS,
    States: {
      ...inputStates('FindClicks'),
      ...findClicks(params),
      StartJob: startState(params),
      ...monitoringStates(params),
      ReportReady: reportState(params),
      CancelJob: cancelState(params),
      FailRun: { Type: 'Fail', Error: query('$failure.error'), Cause: query('$failure.cause') },
      FailJob: failJobState(params),
    },
  };
  return { definition, statements: statements(params), releaseRules: clickloggerReleaseRules };
}
