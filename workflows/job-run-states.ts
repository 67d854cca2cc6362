import { type Capacity, maxExecutors, SPARK_WORKER } from '../config/spark-worker';
import type { PolicyStatement } from '../constructs/support/policy-document';
import { CAUSE_DETAILS, LOG_TITLE } from '../handlers/shared/cause-details';
import { EXECUTION_TAG, EXECUTION_TAG_QUERY } from '../handlers/shared/execution-tag';
import type { State, TaskState } from './states-language';
import {
  CALL_TIMEOUT_SECONDS,
  catchAll,
  catchEverything,
  FAILED_BECAUSE,
  query,
  rememberFailure,
  retry,
  retryEverything,
  s3aRegion,
} from './task-parts';

/** Parameters of the job run; ARNs and ids may be Terraform tokens. */
export interface JobRunParams extends Capacity {
  readonly applicationId: string;
  readonly jobRoleArn: string;
  readonly jarUri: string;
  readonly mainClass: string;
  readonly deliveryBucket: { readonly name: string };
  readonly outputBucketName: string;
  /** S3 URI of the logs of job runs, with a trailing slash. */
  readonly logUri: string;
  /** ARN of the key that encrypts the logs, and disables managed persistence; SSE-S3 when undefined. */
  readonly logKeyArn: string | undefined;
  readonly statusFunctionArn: string;
  /** Command that runs the pipeline again, without ` --date <InputDate>`. */
  readonly rerunCommand: string;
  /** Tags of the job run, in addition to the execution. */
  readonly tags: Readonly<Record<string, string>>;
  readonly pollSeconds: number;
  readonly jobTimeoutMinutes: number;
  readonly runTimeoutMinutes: number;
  readonly region: string;
}

/**
 * Polls for data that EMR Serverless publishes some seconds after the end of a job run: billed resources, and the last lines of
 * the driver log, which it uploads about every 15 seconds.
 */
const DETAIL_ROUNDS = 3;
const DETAIL_WAIT_SECONDS = 10;

/** Transient errors of EMR Serverless: throttling and server errors. */
const TRANSIENT_ERRORS = [
  'EMRServerless.ThrottlingException',
  'EMRServerless.TooManyRequestsException',
  'EMRServerless.InternalServerException',
  'EMRServerless.ServiceUnavailableException',
  'EMRServerless.SdkClientException',
  'States.Timeout',
];

/**
 * EMR Serverless sets `spark.executor.instances` to 3 by default. Spark starts with the maximum of it, `initialExecutors` and
 * `minExecutors`, and fails when the maximum exceeds `maxExecutors`.
 *
 * @see https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/jobs-spark.html
 */
function sparkSubmitParameters(params: JobRunParams): string {
  const configuration = {
    'spark.driver.cores': SPARK_WORKER.vcpu,
    'spark.driver.memory': `${SPARK_WORKER.heapGigabytes}g`,
    'spark.executor.cores': SPARK_WORKER.vcpu,
    'spark.executor.memory': `${SPARK_WORKER.heapGigabytes}g`,
    'spark.executor.instances': 1,
    'spark.dynamicAllocation.minExecutors': 0,
    'spark.dynamicAllocation.initialExecutors': 1,
    'spark.dynamicAllocation.maxExecutors': maxExecutors(params),
  };
  const settings = [
    ...Object.entries(configuration).map(([name, value]) => `${name}=${value}`),
    s3aRegion(params.region),
  ];
  return [`--class ${params.mainClass}`, ...settings.map((setting) => `--conf ${setting}`)].join(' ');
}

/** @see https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/jobs-log-encryption.html */
function logging({ logUri, logKeyArn }: JobRunParams): Record<string, unknown> {
  if (logKeyArn === undefined) return { S3MonitoringConfiguration: { LogUri: logUri } };
  return {
    S3MonitoringConfiguration: { LogUri: logUri, EncryptionKeyArn: logKeyArn },
    ManagedPersistenceMonitoringConfiguration: { Enabled: false },
  };
}

/** Permissions that EMR Serverless requires from the caller of StartJobRun with encrypted logs; it calls KMS directly. */
export function startWithKey(keyArn: string | undefined): PolicyStatement[] {
  if (keyArn === undefined) return [];
  return [{ sid: 'EncryptJobLogs', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [keyArn] }];
}

/** Starts the job run; to `WaitForJob`, or `FailRun`. */
export function startState(params: JobRunParams): State {
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
      ConfigurationOverrides: { MonitoringConfiguration: logging(params) },
      Tags: { ...params.tags, [EXECUTION_TAG]: query(EXECUTION_TAG_QUERY) },
    },
    TimeoutSeconds: CALL_TIMEOUT_SECONDS,
    Retry: retry(TRANSIENT_ERRORS),
    Catch: catchAll('Starting the job failed', 'FailRun'),
    Assign: { jobRunId: query('$states.result.JobRunId') },
    Next: 'WaitForJob',
  };
}

function statusTask(params: JobRunParams): Omit<TaskState, 'Catch' | 'Next'> {
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

/** Polls the job run until it ends; to `ReportReady`, `FailJob` or, after an error of the status function, `CancelJob`. */
export function monitoringStates(params: JobRunParams): Record<string, State> {
  return {
    WaitForJob: { Type: 'Wait', Seconds: params.pollSeconds, Next: 'GetJobStatus' },
    GetJobStatus: {
      ...statusTask(params),
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
      ...statusTask(params),
      // Missing details do not change the known result of the job run.
      Catch: catchEverything({ Assign: { detailRounds: DETAIL_ROUNDS }, Next: 'CheckResult' }),
      Next: 'CheckResult',
    },
  };
}

/** Cancels the job run; to `FailRun`. */
export function cancelState({ applicationId }: JobRunParams): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::emr-serverless:cancelJobRun',
    Arguments: { ApplicationId: applicationId, JobRunId: query('$jobRunId') },
    TimeoutSeconds: CALL_TIMEOUT_SECONDS,
    Retry: retry(TRANSIENT_ERRORS),
    Catch: [
      {
        ErrorEquals: ['States.ALL'],
        Assign: {
          failure: {
            error: query('$failure.error'),
            cause: query(`$failure.cause & ' Cancelling the job run failed too: ' & ${FAILED_BECAUSE}`),
          },
        },
        Next: 'FailRun',
      },
    ],
    Next: 'FailRun',
  };
}

/** Reason, logs, cost, command to run it again, and last lines of the driver log: at most 22,000 of 32,768 characters. */
function failedJobCause({ rerunCommand }: JobRunParams): string {
  const literal = (text: string): string => `'${text.replaceAll('\n', '\\n')}'`;
  return [
    `$job.reason & '\\nJob run: ' & $jobRunId & '\\nLogs: ' & $string($job.logs.s3)`,
    `${literal(CAUSE_DETAILS)} & ($job.costUsd = null ? 'not known yet' : $string($job.costUsd) & ' USD')`,
    `'\\nRun it again: ${rerunCommand} --date ' & $inputDate`,
    `($count($job.logs.driverStderrTail) = 0 ? '' : ${literal(`\n${LOG_TITLE}\n`)} & $join($job.logs.driverStderrTail, '\\n'))`,
  ].join(' & ');
}

export function failJobState(params: JobRunParams): State {
  return {
    Type: 'Fail',
    Error: query(
      "'JobRun' & $uppercase($substring($job.state, 0, 1)) & $lowercase($substring($job.state, 1))",
    ),
    Cause: query(failedJobCause(params)),
  };
}
