import { passRole, type PolicyStatement } from '../constructs/policy-document';
import { clusterArguments, type ClusterParams } from './cluster-arguments';
import { explainState, explainStatement, failState, type FailureExplanation } from './failure-explanation';
import type { Definition, ReleaseRule, State, Workflow } from './states-language';
import { CALL_TIMEOUT_SECONDS, catchAll, query, retry, s3aRegion } from './task-parts';

/** One Spark job of the pipeline: S3 URIs of what `spark-submit` gets. */
export interface SparkJob {
  /** Folder in spark-jobs/, e.g. `covid-report`. */
  readonly name: string;
  readonly mainUri: string;
  readonly packageUri: string;
}

/** What the covid workflow has to know of its surroundings; ARNs and ids may be Terraform tokens. */
export interface CovidWorkflowParams {
  readonly stateMachineArn: string;
  /** Region of the buckets. */
  readonly region: string;
  readonly dataBucket: { readonly name: string; readonly arn: string };
  /** Folders of the data bucket, each with a slash at the end. */
  readonly prefixes: {
    readonly raw: string;
    readonly processed: string;
    readonly rejected: string;
    readonly table: string;
  };
  readonly jobs: readonly SparkJob[];
  readonly cluster: ClusterParams;
  /** ARN of every cluster of the account and region, with `*` for the id. */
  readonly clustersArn: string;
  /** ARN of a rule of EventBridge of the account and region. */
  readonly ruleArn: (name: string) => string;
  readonly startMinutes: number;
  readonly stepMinutes: number;
  readonly explanation: FailureExplanation;
}

/** Longest time that EMR may take to end a cluster, in minutes. */
const TERMINATE_MINUTES = 30;

/** Throttling only: RunJobFlow has no client token, so that any other retry could start a second cluster. */
const THROTTLED = ['ElasticMapReduce.ThrottlingException', 'EMR.ThrottlingException'];

const TRANSIENT = {
  emr: [
    ...THROTTLED,
    'ElasticMapReduce.InternalServerException',
    'ElasticMapReduce.InternalServerErrorException',
    'ElasticMapReduce.SdkClientException',
    'Emr.InternalServerException',
    'Emr.SdkClientException',
    'Emr.EmrException',
  ],
  s3: ['S3.SlowDownException', 'S3.S3Exception', 'S3.SdkClientException', 'States.Timeout'],
  states: ['Sfn.SfnException', 'Sfn.SdkClientException', 'States.Timeout'],
};

/** States that a cluster of ours has while it costs money. */
const LIVE_STATES = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING'];

function guardStates(params: CovidWorkflowParams): Record<string, State> {
  return {
    ReadInput: {
      Type: 'Pass',
      Comment:
        'Whatever started the execution, a schedule, an upload or a person: every file under raw/ is read',
      Assign: {
        timestamp: query("$replace($substring($states.context.Execution.StartTime, 0, 19), ':', '') & 'Z'"),
        runDate: query('$substring($states.context.Execution.StartTime, 0, 10)'),
        failure: query('null'),
      },
      Next: 'FindOtherRun',
    },
    FindOtherRun: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:sfn:listExecutions',
      Arguments: { StateMachineArn: params.stateMachineArn, StatusFilter: 'RUNNING', MaxResults: 100 },
      TimeoutSeconds: CALL_TIMEOUT_SECONDS,
      Retry: retry(TRANSIENT.states),
      Catch: catchAll('Looking for another run failed', 'FailRun'),
      Assign: { otherRun: query(OLDEST_OTHER_RUN) },
      Next: 'CheckOtherRun',
    },
    CheckOtherRun: {
      Type: 'Choice',
      Choices: [{ Condition: query("$otherRun != ''"), Next: 'AlreadyRunning' }],
      Default: 'FindData',
    },
    AlreadyRunning: {
      Type: 'Succeed',
      Output: {
        status: 'ALREADY_RUNNING',
        message: query("'No second cluster was started: the execution ' & $otherRun & ' is running.'"),
      },
    },
  };
}

/**
 * ARN of a running execution that began before this one, or ''. Of two that began in the same moment the one whose ARN
 * sorts first goes on, so that never both give way. While this execution is not yet in the listing, any other counts.
 */
const OLDEST_OTHER_RUN = [
  '(',
  '$self := $states.context.Execution.Id;',
  '$executions := $states.result.Executions;',
  '$own := $executions[ExecutionArn = $self];',
  '$earlier := $executions[ExecutionArn != $self and ($not($exists($own)) or StartDate < $own.StartDate ' +
    'or (StartDate = $own.StartDate and ExecutionArn < $self))];',
  "$exists($earlier) ? $earlier[0].ExecutionArn : ''",
  ')',
].join(' ');

function searchStates({ dataBucket, prefixes }: CovidWorkflowParams): Record<string, State> {
  return {
    FindData: {
      Type: 'Task',
      Comment: 'Without a file there is nothing to compute, and no cluster to pay for',
      Resource: 'arn:aws:states:::aws-sdk:s3:listObjectsV2',
      Arguments: { Bucket: dataBucket.name, Prefix: prefixes.raw, MaxKeys: 1000 },
      TimeoutSeconds: CALL_TIMEOUT_SECONDS,
      Retry: retry(TRANSIENT.s3),
      Catch: catchAll('Looking for data failed', 'FailRun'),
      Assign: { dataFound: query('$count($states.result.Contents[Size > 0]) > 0') },
      Next: 'CheckData',
    },
    CheckData: {
      Type: 'Choice',
      Choices: [{ Condition: query('$dataFound'), Next: 'CreateCluster' }],
      Default: 'NothingToDo',
    },
    NothingToDo: {
      Type: 'Succeed',
      Output: {
        status: 'NOTHING_TO_DO',
        message: `There is no file in s3://${dataBucket.name}/${prefixes.raw}; no cluster was started.`,
      },
    },
  };
}

const CLUSTER_NAME = '$clusterNamePrefix & $states.context.Execution.Name';

function clusterStates(params: CovidWorkflowParams): Record<string, State> {
  const name = CLUSTER_NAME.replace('$clusterNamePrefix', `'${params.cluster.namePrefix}'`);
  return {
    CreateCluster: {
      Type: 'Task',
      Resource: 'arn:aws:states:::elasticmapreduce:createCluster.sync',
      Arguments: clusterArguments(params.cluster, query(name)),
      TimeoutSeconds: params.startMinutes * 60,
      Retry: retry(THROTTLED),
      Catch: catchAll('Creating the cluster failed', 'FindCluster'),
      Assign: { clusterId: query('$states.result.ClusterId') },
      Next: stepName(params.jobs[0]),
    },
    FindCluster: {
      Type: 'Task',
      Comment:
        'A start that failed or took too long may have left a cluster; its name is that of this execution',
      Resource: 'arn:aws:states:::aws-sdk:emr:listClusters',
      Arguments: { ClusterStates: LIVE_STATES, CreatedAfter: query('$states.context.Execution.StartTime') },
      TimeoutSeconds: CALL_TIMEOUT_SECONDS,
      Retry: retry([...TRANSIENT.emr, 'States.Timeout']),
      // Giving up here could leave a cluster: it is asked for again until the execution itself times out.
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'WaitToFind' }],
      Assign: {
        clusterId: query(
          `( $left := $states.result.Clusters[Name = ${name}]; $exists($left) ? $left[0].Id : '' )`,
        ),
      },
      Next: 'CheckCluster',
    },
    WaitToFind: { Type: 'Wait', Seconds: 60, Next: 'FindCluster' },
    CheckCluster: {
      Type: 'Choice',
      Choices: [{ Condition: query("$clusterId != ''"), Next: 'TerminateCluster' }],
      Default: 'FailRun',
    },
    TerminateCluster: {
      Type: 'Task',
      Resource: 'arn:aws:states:::elasticmapreduce:terminateCluster.sync',
      Arguments: { ClusterId: query('$clusterId') },
      TimeoutSeconds: TERMINATE_MINUTES * 60,
      Retry: retry([...TRANSIENT.emr, 'States.Timeout']),
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: {
            failure: {
              error: query("$failure = null ? 'ClusterNotTerminated' : $failure.error"),
              cause: query(
                "($failure = null ? '' : $failure.cause & '\\n') & 'Cluster ' & $clusterId & ' may still be running: ' & " +
                  '$string($states.errorOutput.Cause)',
              ),
            },
          },
          Next: 'FailRun',
        },
      ],
      Next: 'CheckOutcome',
    },
  };
}

function stepName(job: SparkJob | undefined): string {
  const words = (job?.name ?? '').split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Run${words.join('')}`;
}

function jobState(params: CovidWorkflowParams, job: SparkJob, next: string): State {
  const folder = (prefix: string): string => `'s3://${params.dataBucket.name}/${prefix}'`;
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::elasticmapreduce:addStep.sync',
    Arguments: {
      ClusterId: query('$clusterId'),
      Step: {
        Name: job.name,
        // The cluster stays until TerminateCluster, so that EMR can still say why the step failed.
        ActionOnFailure: 'CONTINUE',
        HadoopJarStep: {
          Jar: 'command-runner.jar',
          Args: [
            'spark-submit',
            // The driver's output is then the step's own, which says why it failed.
            '--deploy-mode',
            'client',
            '--conf',
            s3aRegion(params.region),
            '--py-files',
            job.packageUri,
            job.mainUri,
            '--input',
            `s3://${params.dataBucket.name}/${params.prefixes.raw}`,
            '--output',
            query(`${folder(params.prefixes.processed)} & $timestamp & '/'`),
            '--rejected',
            query(`${folder(params.prefixes.rejected)} & $timestamp & '/'`),
            '--table',
            `s3://${params.dataBucket.name}/${params.prefixes.table}`,
            '--run-date',
            query('$runDate'),
          ],
        },
      },
    },
    TimeoutSeconds: params.stepMinutes * 60,
    Retry: retry(THROTTLED),
    Catch: [
      {
        ErrorEquals: ['States.ALL'],
        Assign: {
          failure: {
            error: query("$states.errorOutput.Error = 'States.Timeout' ? 'StepTimedOut' : 'StepFailed'"),
            cause: query(
              `$states.errorOutput.Error = 'States.Timeout' ? 'The step ${job.name} was still running after ${params.stepMinutes} minutes.' : ` +
                `'The step ${job.name} failed: ' & $string($states.errorOutput.Cause)`,
            ),
          },
          stepId: query(STEP_ID),
        },
        Next: 'CheckStep',
      },
    ],
    Next: next,
  };
}

/** Id of the step in a failure's cause, which is JSON or plain text, or ''. */
const STEP_ID =
  "( $found := $match($string($states.errorOutput.Cause), /s-[0-9A-Z]{10,}/); $exists($found) ? $found[0].match : '' )";

function failureStates(): Record<string, State> {
  return {
    CheckStep: {
      Type: 'Choice',
      Choices: [{ Condition: query("$stepId != ''"), Next: 'DescribeStep' }],
      Default: 'TerminateCluster',
    },
    DescribeStep: {
      Type: 'Task',
      Comment: 'EMR tells the reason and the log only while it knows the step',
      Resource: 'arn:aws:states:::aws-sdk:emr:describeStep',
      Arguments: { ClusterId: query('$clusterId'), StepId: query('$stepId') },
      TimeoutSeconds: CALL_TIMEOUT_SECONDS,
      Retry: retry([...TRANSIENT.emr, 'States.Timeout']),
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'TerminateCluster' }],
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

function endStates({ dataBucket, prefixes, explanation }: CovidWorkflowParams): Record<string, State> {
  const folder = (prefix: string): string => `'s3://${dataBucket.name}/${prefix}' & $timestamp & '/'`;
  return {
    CheckOutcome: {
      Type: 'Choice',
      Choices: [{ Condition: query('$failure = null'), Next: 'ReportReady' }],
      Default: 'ExplainFailure',
    },
    ExplainFailure: explainState(explanation, 'FailRun'),
    ReportReady: {
      Type: 'Succeed',
      Output: {
        status: 'SUCCEEDED',
        report: query(`${folder(prefixes.processed)} & 'covid_report.csv'`),
        summary: query(`${folder(prefixes.processed)} & 'summary.json'`),
        rejected: query(folder(prefixes.rejected)),
        clusterId: query('$clusterId'),
      },
    },
    FailRun: failState(explanation),
  };
}

function statements(params: CovidWorkflowParams): PolicyStatement[] {
  const { cluster, clustersArn, ruleArn, dataBucket, prefixes } = params;
  return [
    { sid: 'FindOtherRun', actions: ['states:ListExecutions'], resources: [params.stateMachineArn] },
    {
      sid: 'FindData',
      actions: ['s3:ListBucket'],
      resources: [dataBucket.arn],
      conditions: { StringEquals: { 's3:prefix': prefixes.raw } },
    },
    {
      sid: 'CreateTaggedCluster',
      actions: ['elasticmapreduce:RunJobFlow'],
      resources: ['*'],
      conditions: { StringEquals: { 'elasticmapreduce:RequestTag/pipeline': cluster.tags.pipeline } },
      wildcardReason:
        'a cluster has no ARN before it exists; the request has to carry the tag of the pipeline',
    },
    {
      sid: 'TagNewCluster',
      actions: ['elasticmapreduce:AddTags'],
      resources: [clustersArn],
      conditions: { StringEquals: { 'elasticmapreduce:RequestTag/pipeline': cluster.tags.pipeline } },
    },
    // Given with RunJobFlow, when the cluster has no tag yet.
    {
      sid: 'EndIdleCluster',
      actions: ['elasticmapreduce:PutAutoTerminationPolicy'],
      resources: [clustersArn],
    },
    {
      sid: 'UseOwnClusters',
      actions: [
        'elasticmapreduce:AddJobFlowSteps',
        'elasticmapreduce:CancelSteps',
        'elasticmapreduce:DescribeCluster',
        'elasticmapreduce:DescribeStep',
        'elasticmapreduce:TerminateJobFlows',
      ],
      resources: [clustersArn],
      conditions: { StringEquals: { 'elasticmapreduce:ResourceTag/pipeline': cluster.tags.pipeline } },
    },
    {
      sid: 'FindCluster',
      actions: ['elasticmapreduce:ListClusters'],
      resources: ['*'],
      wildcardReason: 'ListClusters knows no resource',
    },
    passRole('PassServiceRole', cluster.serviceRoleArn, 'elasticmapreduce'),
    passRole('PassInstanceRole', cluster.instanceRoleArn, 'ec2'),
    {
      sid: 'HearOfClusters',
      actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      resources: [
        'StepFunctionsGetEventForEMRRunJobFlowRule',
        'StepFunctionsGetEventForEMRAddJobFlowStepsRule',
        'StepFunctionsGetEventForEMRTerminateJobFlowsRule',
      ].map(ruleArn),
    },
    explainStatement(params.explanation),
  ];
}

/** Minutes beside start, steps and termination: searching, retrying, describing. */
const MARGIN_MINUTES = 30;

/** How the compute that the workflow starts comes to its end. */
export const covidReleaseRules: readonly ReleaseRule[] = [
  {
    compute: 'EMR cluster',
    acquiredBy: 'CreateCluster',
    acquiredOnFailure: true,
    releasedBy: ['TerminateCluster'],
    finishedBy: [{ state: 'CheckCluster', next: 'FailRun' }],
  },
];

/** Hospital data to monthly averages by state: guard, look, create a cluster, run each job, and always terminate. */
export function covidWorkflow(params: CovidWorkflowParams): Workflow {
  const { jobs, startMinutes, stepMinutes } = params;
  const jobStates = jobs.map((job, index): [string, State] => {
    const following = jobs[index + 1];
    return [stepName(job), jobState(params, job, following ? stepName(following) : 'TerminateCluster')];
  });
  const definition: Definition = {
    Comment: 'Monthly averages of hospital data by state, on a transient EMR cluster. Input: anything.',
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    TimeoutSeconds: (startMinutes + jobs.length * stepMinutes + 2 * TERMINATE_MINUTES + MARGIN_MINUTES) * 60,
    States: {
      ...guardStates(params),
      ...searchStates(params),
      ...clusterStates(params),
      ...Object.fromEntries(jobStates),
      ...failureStates(),
      ...endStates(params),
    },
  };
  return {
    definition,
    statements: statements(params),
    releaseRules: covidReleaseRules,
  };
}
