import { IS_THROTTLED, MAY_RETRY, NEXT_THROTTLES, POLL_MINUTES } from './emr-calls';
import type { State } from './states-language';
import { CALL_TIMEOUT_SECONDS, catchEverything, query, retryEverything, s3aRegion } from './task-parts';

/** One Spark job of the pipeline: S3 URIs for `spark-submit`. */
export interface SparkJob {
  /** Folder in spark-jobs/, e.g. `covid-report`. */
  readonly name: string;
  readonly mainUri: string;
  readonly packageUri: string;
}

/** The jobs that run on the cluster, one after the other, and their input and output. */
export interface StepParams {
  readonly jobs: readonly SparkJob[];
  readonly region: string;
  readonly dataBucket: { readonly name: string };
  /** Folders of the data bucket, with a trailing slash. */
  readonly prefixes: {
    readonly raw: string;
    readonly processed: string;
    readonly rejected: string;
    readonly table: string;
  };
  readonly stepMinutes: number;
}

/** Eight retries and {@link POLL_MINUTES} take less than ten minutes, the minimum idle timeout of a cluster. */
const ADD_SECONDS = 30;

export function stepName(job: SparkJob): string {
  const words = job.name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Run${words.join('')}`;
}

/** A state for each job, the last one to `TerminateCluster`, and states that find the reason of a failure. */
export function stepStates(params: StepParams): Record<string, State> {
  const { jobs } = params;
  const jobStates = jobs.map((job, index): [string, State] => {
    const following = jobs[index + 1];
    return [stepName(job), jobState(params, job, following ? stepName(following) : 'TerminateCluster')];
  });
  return { ...Object.fromEntries(jobStates), ...failureStates(jobs) };
}

function sparkSubmit({ region, dataBucket, prefixes }: StepParams, job: SparkJob): string[] {
  const uri = (prefix: string): string => `s3://${dataBucket.name}/${prefix}`;
  const runFolder = (prefix: string): string => query(`'${uri(prefix)}' & $timestamp & '/'`);
  return [
    'spark-submit',
    // In client mode the output of the driver is in the log of the step.
    '--deploy-mode',
    'client',
    '--conf',
    s3aRegion(region),
    '--py-files',
    job.packageUri,
    job.mainUri,
    '--input',
    uri(prefixes.raw),
    '--output',
    runFolder(prefixes.processed),
    '--rejected',
    runFolder(prefixes.rejected),
    '--table',
    uri(prefixes.table),
    '--run-date',
    query('$runDate'),
  ];
}

function jobState(params: StepParams, job: SparkJob, next: string): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::elasticmapreduce:addStep.sync',
    Arguments: {
      ClusterId: query('$clusterId'),
      Step: {
        Name: job.name,
        // The cluster runs until TerminateCluster, so that DescribeStep can return the reason of the failure.
        ActionOnFailure: 'CONTINUE',
        HadoopJarStep: { Jar: 'command-runner.jar', Args: sparkSubmit(params, job) },
      },
    },
    TimeoutSeconds: (params.stepMinutes + POLL_MINUTES) * 60,
    Catch: catchEverything({
      Assign: {
        failure: {
          error: query("$states.errorOutput.Error = 'States.Timeout' ? 'StepTimedOut' : 'StepFailed'"),
          cause: query(
            "$states.errorOutput.Error = 'States.Timeout' ? " +
              `'The step ${job.name} was still running after ${params.stepMinutes} minutes.' : ` +
              `'The step ${job.name} failed: ' & $string($states.errorOutput.Cause)`,
          ),
        },
        stepId: query(STEP_ID),
        job: job.name,
        throttled: IS_THROTTLED,
      },
      Next: 'CheckStep',
    }),
    Next: next,
  };
}

/**
 * Id of the step in the cause of a failure, or ''. The cause is the step as JSON, or plain text when the call failed. It is not
 * parsed, because invalid JSON would end the execution. Only the value of a key matches, because bucket names in the arguments can
 * look like ids.
 */
const STEP_ID =
  '( $found := $match($string($states.errorOutput.Cause), /"(?:StepId|Id)"\\s*:\\s*"(s-[0-9A-Z]+)"/); ' +
  "$exists($found) ? $found[0].groups[0] : '' )";

function failureStates(jobs: readonly SparkJob[]): Record<string, State> {
  return {
    CheckStep: {
      Type: 'Choice',
      Choices: [
        { Condition: MAY_RETRY, Assign: { throttles: NEXT_THROTTLES }, Next: 'WaitToAdd' },
        { Condition: query("$stepId != ''"), Next: 'DescribeStep' },
      ],
      Default: 'TerminateCluster',
    },
    // If the throttled call added the step, the next step runs after it and overwrites the same folders.
    WaitToAdd: { Type: 'Wait', Seconds: ADD_SECONDS, Next: 'AddAgain' },
    AddAgain: {
      Type: 'Choice',
      Choices: jobs.map((job) => ({
        Condition: query(`$job = '${job.name}'`),
        Assign: { failure: query('null') },
        Next: stepName(job),
      })),
      Default: 'TerminateCluster',
    },
    DescribeStep: {
      Type: 'Task',
      Comment: 'EMR has the reason and the place of the log only while the cluster is there',
      Resource: 'arn:aws:states:::aws-sdk:emr:describeStep',
      Arguments: { ClusterId: query('$clusterId'), StepId: query('$stepId') },
      TimeoutSeconds: CALL_TIMEOUT_SECONDS,
      Retry: retryEverything(),
      Catch: catchEverything({ Next: 'TerminateCluster' }),
      Assign: { failure: { error: query('$failure.error'), cause: query(STEP_CAUSE) } },
      Next: 'TerminateCluster',
    },
  };
}

const STEP_CAUSE = [
  '(',
  '$step := $states.result.Step;',
  '$details := $step.Status.FailureDetails;',
  "$parts := [$details.Reason, $details.Message, $exists($details.LogFile) ? 'Log: ' & $details.LogFile];",
  "$exists($details) ? 'The step ' & $step.Name & ' (' & $step.Id & ') ' & $lowercase($step.Status.State) & ': ' & " +
    "$join($parts, '\\n') : $failure.cause",
  ')',
].join(' ');
