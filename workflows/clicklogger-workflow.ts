import { type Capacity, mostExecutors, SPARK_WORKER } from '../config/spark-worker';
import { passRole, type PolicyStatement } from '../constructs/support/policy-document';
import { CAUSE_DETAILS, LOG_TITLE } from '../handlers/shared/cause-details';
import { EXECUTION_TAG, EXECUTION_TAG_QUERY } from '../handlers/shared/execution-tag';
import type { Definition, ReleaseRule, State, TaskState, Workflow } from './states-language';
import {
  CALL_TIMEOUT_SECONDS,
  catchAll,
  catchEverything,
  query,
  rememberFailure,
  retry,
  retryEverything,
  s3aRegion,
} from './task-parts';

/** What the clicklogger workflow has to know of its surroundings; ARNs and ids may be Terraform tokens. */
export interface ClickloggerWorkflowParams extends Capacity {
  readonly applicationId: string;
  readonly applicationArn: string;
  readonly jobRoleArn: string;
  /** S3 URI of the job's jar. */
  readonly jarUri: string;
  readonly mainClass: string;
  readonly deliveryBucket: { readonly name: string; readonly arn: string };
  readonly outputBucketName: string;
  /** S3 URI under which EMR Serverless files the logs of job runs, with a slash at the end. */
  readonly logUri: string;
  /** Folder of the clicks' partitions up to the date, e.g. `clicklog/data=`. */
  readonly partitionPrefix: string;
  readonly statusFunctionArn: string;
  /** Command that runs the pipeline again, to which ` --date <InputDate>` is added. */
  readonly rerunCommand: string;
  /** Tags of every job run, besides its execution. */
  readonly tags: Readonly<Record<string, string>>;
  readonly pollSeconds: number;
  readonly jobTimeoutMinutes: number;
  readonly runTimeoutMinutes: number;
  /** Region of the buckets. */
  readonly region: string;
}

/**
 * Rounds of waiting for what EMR Serverless writes some seconds after the end of a job run: its bill, and the last lines
 * of the driver's log, which is uploaded every 15 seconds or so.
 */
const DETAIL_ROUNDS = 3;
const DETAIL_WAIT_SECONDS = 10;

/** Errors that go away by themselves: throttling, and faults on the service's side. */
const TRANSIENT_ERRORS = {
  s3: ['S3.SlowDownException', 'S3.S3Exception', 'S3.SdkClientException', 'States.Timeout'],
  emrServerless: [
    'EMRServerless.ThrottlingException',
    'EMRServerless.TooManyRequestsException',
    'EMRServerless.InternalServerException',
    'EMRServerless.ServiceUnavailableException',
    'EMRServerless.SdkClientException',
    'States.Timeout',
  ],
};

/** True when `$inputDate` is a day of the calendar as yyyy-MM-dd; JSONata's own parser would roll 30 February over. */
const IS_CALENDAR_DAY = [
  "$type($inputDate) = 'string' and $contains($inputDate, /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/) ? (",
  '$year := $number($substring($inputDate, 0, 4));',
  '$month := $number($substring($inputDate, 5, 2));',
  '$day := $number($substring($inputDate, 8, 2));',
  '$leap := ($year % 4 = 0 and $year % 100 != 0) or $year % 400 = 0;',
  '$lengths := [31, $leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];',
  '$month >= 1 and $month <= 12 and $day >= 1 and $day <= $lengths[$month - 1]',
  ') : false',
].join(' ');

function inputStates(): Record<string, State> {
  return {
    ReadInput: {
      Type: 'Pass',
      Comment: 'InputDate, or the day on which the execution started (UTC) when the input is {}',
      Assign: {
        inputDate: query(
          "$type($states.input) = 'object' ? ($exists($states.input.InputDate) ? $states.input.InputDate : " +
            '$count($keys($states.input)) = 0 ? $substring($states.context.Execution.StartTime, 0, 10) : ' +
            "'(none; the input has ' & $join($keys($states.input), ', ') & ')') : '(none; the input is no object)'",
        ),
        reportDate: query('$substring($states.context.Execution.StartTime, 0, 10)'),
        detailRounds: 0,
      },
      Next: 'CheckInput',
    },
    CheckInput: {
      Type: 'Choice',
      Choices: [
        { Condition: query("$inputDate = 'ALL'"), Next: 'FindClicks' },
        { Condition: query(IS_CALENDAR_DAY), Next: 'FindClicks' },
      ],
      Default: 'RejectInput',
    },
    RejectInput: {
      Type: 'Fail',
      Error: 'InvalidInputDate',
      Cause: query(
        "'InputDate is ' & ($type($inputDate) = 'string' ? $inputDate : $string($inputDate)) & " +
          '\': expected {"InputDate": "yyyy-MM-dd"} with a day of the calendar, {"InputDate": "ALL"}, or {} for today (UTC).\'',
      ),
    },
  };
}

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
      Retry: retry(TRANSIENT_ERRORS.s3),
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

/**
 * EMR Serverless starts with three executors unless `spark.executor.instances` says otherwise, whatever
 * `initialExecutors` says: Spark takes the largest of the two and `minExecutors`, and fails when it is above `maxExecutors`.
 *
 * @see https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/jobs-spark.html
 */
function sparkSubmitParameters(params: ClickloggerWorkflowParams): string {
  const configuration = {
    'spark.driver.cores': SPARK_WORKER.vcpu,
    'spark.driver.memory': `${SPARK_WORKER.heapGigabytes}g`,
    'spark.executor.cores': SPARK_WORKER.vcpu,
    'spark.executor.memory': `${SPARK_WORKER.heapGigabytes}g`,
    'spark.executor.instances': 1,
    'spark.dynamicAllocation.minExecutors': 0,
    'spark.dynamicAllocation.initialExecutors': 1,
    'spark.dynamicAllocation.maxExecutors': mostExecutors(params),
  };
  const settings = [
    ...Object.entries(configuration).map(([name, value]) => `${name}=${value}`),
    s3aRegion(params.region),
  ];
  return [`--class ${params.mainClass}`, ...settings.map((setting) => `--conf ${setting}`)].join(' ');
}

function startState(params: ClickloggerWorkflowParams): State {
  return {
    Type: 'Task',
    Comment: 'The token is the same for every retry, so that a lost answer does not start a second job run',
    Resource: 'arn:aws:states:::emr-serverless:startJobRun',
    Arguments: {
      ApplicationId: params.applicationId,
      ClientToken: query(
        "$hash($states.context.Execution.Id & '#' & $string($states.context.Execution.RedriveCount), 'SHA-256')",
      ),
      ExecutionRoleArn: params.jobRoleArn,
      ExecutionTimeoutMinutes: params.jobTimeoutMinutes,
      Name: query('$states.context.Execution.Name'),
      JobDriver: {
        SparkSubmit: {
          EntryPoint: params.jarUri,
          EntryPointArguments: [
            query('$inputDate'),
            params.deliveryBucket.name,
            params.outputBucketName,
            query('$reportDate'),
          ],
          SparkSubmitParameters: sparkSubmitParameters(params),
        },
      },
      ConfigurationOverrides: {
        MonitoringConfiguration: { S3MonitoringConfiguration: { LogUri: params.logUri } },
      },
      Tags: { ...params.tags, [EXECUTION_TAG]: query(EXECUTION_TAG_QUERY) },
    },
    TimeoutSeconds: CALL_TIMEOUT_SECONDS,
    Retry: retry(TRANSIENT_ERRORS.emrServerless),
    Catch: catchAll('Starting the job failed', 'FailRun'),
    Assign: { jobRunId: query('$states.result.JobRunId') },
    Next: 'WaitForJob',
  };
}

function askForStatus(params: ClickloggerWorkflowParams): Omit<TaskState, 'Catch' | 'Next'> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: {
      FunctionName: params.statusFunctionArn,
      Payload: { applicationId: params.applicationId, jobRunId: query('$jobRunId'), logUri: params.logUri },
    },
    TimeoutSeconds: CALL_TIMEOUT_SECONDS,
    Retry: retryEverything(),
    Assign: { job: query('$states.result.Payload') },
  };
}

function watchStates(params: ClickloggerWorkflowParams): Record<string, State> {
  return {
    WaitForJob: { Type: 'Wait', Seconds: params.pollSeconds, Next: 'GetJobStatus' },
    GetJobStatus: {
      ...askForStatus(params),
      Catch: catchEverything({
        Assign: rememberFailure('Asking for the state of the job failed'),
        Next: 'CancelJob',
      }),
      Next: 'CheckJob',
    },
    CheckJob: {
      Type: 'Choice',
      Choices: [
        { Condition: query('$job.terminal'), Next: 'CheckResult' },
        {
          Condition: query(
            '$toMillis($states.context.State.EnteredTime) - $toMillis($states.context.Execution.StartTime) > ' +
              String(params.runTimeoutMinutes * 60_000),
          ),
          Assign: {
            failure: {
              error: 'RunTimedOut',
              cause: query(
                `'The job run was still ' & $job.state & ' after ${params.runTimeoutMinutes} minutes.'`,
              ),
            },
          },
          Next: 'CancelJob',
        },
      ],
      Default: 'WaitForJob',
    },
    CheckResult: {
      Type: 'Choice',
      Choices: [
        {
          Condition: query(
            `$detailRounds < ${DETAIL_ROUNDS} and ($job.succeeded ? $job.costUsd = null : $job.logs.pending)`,
          ),
          Assign: { detailRounds: query('$detailRounds + 1') },
          Next: 'WaitForDetails',
        },
        { Condition: query('$job.succeeded'), Next: 'ReportReady' },
      ],
      Default: 'FailJob',
    },
    WaitForDetails: {
      Type: 'Wait',
      Comment: 'The bill of a job run and the end of its log come some seconds after its own end',
      Seconds: DETAIL_WAIT_SECONDS,
      Next: 'GetDetails',
    },
    GetDetails: {
      ...askForStatus(params),
      // The job has ended, and how is known: what cannot be read changes nothing of it.
      Catch: catchEverything({ Assign: { detailRounds: DETAIL_ROUNDS }, Next: 'CheckResult' }),
      Next: 'CheckResult',
    },
  };
}

/** Reason, logs, cost so far, how to run it again and the last lines of the driver's log: 22,000 of 32,768 characters at most. */
function failedJobCause({ rerunCommand }: ClickloggerWorkflowParams): string {
  const literal = (text: string): string => `'${text.replaceAll('\n', '\\n')}'`;
  return [
    `$job.reason & '\\nJob run: ' & $jobRunId & '\\nLogs: ' & $string($job.logs.s3)`,
    `${literal(CAUSE_DETAILS)} & ($job.costUsd = null ? 'not known yet' : $string($job.costUsd) & ' USD')`,
    `'\\nRun it again: ${rerunCommand} --date ' & $inputDate`,
    `($count($job.logs.driverStderrTail) = 0 ? '' : ${literal(`\n${LOG_TITLE}\n`)} & $join($job.logs.driverStderrTail, '\\n'))`,
  ].join(' & ');
}

function endStates(params: ClickloggerWorkflowParams): Record<string, State> {
  return {
    ReportReady: {
      Type: 'Succeed',
      Output: {
        status: 'SUCCEEDED',
        report: query(
          `'s3://${params.outputBucketName}/' & ($inputDate = 'ALL' ? 'ALL/' : '') & ` +
            "$replace($inputDate = 'ALL' ? $reportDate : $inputDate, '-', '/') & '/response.md'",
        ),
        jobRunId: query('$jobRunId'),
        durationSeconds: query('$job.durationSeconds'),
        billed: query('$job.billed'),
        costUsd: query('$job.costUsd'),
        logs: query('$job.logs'),
      },
    },
    CancelJob: {
      Type: 'Task',
      Resource: 'arn:aws:states:::emr-serverless:cancelJobRun',
      Arguments: { ApplicationId: params.applicationId, JobRunId: query('$jobRunId') },
      TimeoutSeconds: CALL_TIMEOUT_SECONDS,
      Retry: retry(TRANSIENT_ERRORS.emrServerless),
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: {
            failure: {
              error: query('$failure.error'),
              cause: query(
                "$failure.cause & ' Cancelling the job run failed too: ' & $string($states.errorOutput.Cause)",
              ),
            },
          },
          Next: 'FailRun',
        },
      ],
      Next: 'FailRun',
    },
    FailRun: { Type: 'Fail', Error: query('$failure.error'), Cause: query('$failure.cause') },
    FailJob: {
      Type: 'Fail',
      Error: query(
        "'JobRun' & $uppercase($substring($job.state, 0, 1)) & $lowercase($substring($job.state, 1))",
      ),
      Cause: query(failedJobCause(params)),
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
 * Seconds between the last poll that may still cancel the job run and the end that the state machine itself enforces,
 * besides one more poll: the status and the cancellation may each be tried until their last attempt.
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

/** Clicks of one day, or of all days, to one report: check, look, start, watch, and cancel whatever goes wrong. */
export function clickloggerWorkflow(params: ClickloggerWorkflowParams): Workflow {
  const definition: Definition = {
    Comment:
      'Counts the clicks of a day on EMR Serverless. Input: {"InputDate": "yyyy-MM-dd" | "ALL"} or {}.',
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    TimeoutSeconds: params.runTimeoutMinutes * 60 + params.pollSeconds + CLOSING_SECONDS,
    States: {
      ...inputStates(),
      ...searchStates(params),
      StartJob: startState(params),
      ...watchStates(params),
      ...endStates(params),
    },
  };
  return {
    definition,
    statements: statements(params),
    releaseRules: clickloggerReleaseRules,
  };
}
