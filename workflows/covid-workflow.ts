import { passRole, type PolicyStatement } from '../constructs/support/policy-document';
import type { ClusterParams } from './cluster-arguments';
import { CLUSTER_RELEASE, clusterStates, TERMINATION_MINUTES } from './cluster-states';
import { searchStates } from './data-search';
import { POLL_MINUTES } from './emr-calls';
import { explainState, explainStatement, failState, type FailureExplanation } from './failure-explanation';
import { GUARD_VARIABLES, guardStates } from './run-guard';
import type { Definition, ReleaseRule, State, Workflow } from './states-language';
import { type StepParams, stepName, stepStates } from './step-states';
import { query } from './task-parts';

/** Parameters of the covid workflow; ARNs and ids may be Terraform tokens. */
export interface CovidWorkflowParams extends StepParams {
  readonly stateMachineArn: string;
  readonly dataBucket: { readonly name: string; readonly arn: string };
  readonly cluster: ClusterParams;
  /** ARN of every cluster of the account and region, with `*` for the id. */
  readonly clustersArn: string;
  /** ARN of an EventBridge rule of the account and region. */
  readonly ruleArn: (name: string) => string;
  readonly startMinutes: number;
  readonly explanation: FailureExplanation;
}

function inputState(next: string): State {
  return {
    Type: 'Pass',
    Comment:
      'Whatever started the execution, a schedule, an upload or a person: every file under raw/ is read',
    Assign: {
      timestamp: query("$replace($substring($states.context.Execution.StartTime, 0, 19), ':', '') & 'Z'"),
      runDate: query('$substring($states.context.Execution.StartTime, 0, 10)'),
      failure: query('null'),
      throttles: 0,
      ...GUARD_VARIABLES,
    },
    Next: next,
  };
}

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
    { sid: 'FindRuns', actions: ['states:ListExecutions'], resources: [params.stateMachineArn] },
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
      wildcardReason: 'a new cluster has no ARN; the condition requires the tag of the pipeline',
    },
    {
      sid: 'TagNewCluster',
      actions: ['elasticmapreduce:AddTags'],
      resources: [clustersArn],
      conditions: { StringEquals: { 'elasticmapreduce:RequestTag/pipeline': cluster.tags.pipeline } },
    },
    // Part of RunJobFlow, when the cluster has no tag yet.
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
      wildcardReason: 'ListClusters does not support resources',
    },
    passRole('PassServiceRole', cluster.serviceRoleArn, 'elasticmapreduce'),
    passRole('PassInstanceRole', cluster.instanceRoleArn, 'ec2'),
    {
      sid: 'ManageSyncRules',
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

/** Minutes for other calls: ListExecutions, searches, descriptions and throttling. */
const MARGIN_MINUTES = 45;

/** How the workflow releases its compute. */
export const covidReleaseRules: readonly ReleaseRule[] = [CLUSTER_RELEASE];

/** Computes monthly averages by state: guard, find data, create a cluster, run each job, and always terminate the cluster. */
export function covidWorkflow(params: CovidWorkflowParams): Workflow {
  const { jobs, startMinutes, stepMinutes, dataBucket, prefixes } = params;
  const [firstJob] = jobs;
  if (firstJob === undefined) throw new Error('The covid workflow requires at least one job.');
  const polled = startMinutes + POLL_MINUTES + jobs.length * (stepMinutes + POLL_MINUTES);
  const definition: Definition = {
    Comment: 'Monthly averages of hospital data by state, on a transient EMR cluster. Input: anything.',
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    TimeoutSeconds: (polled + TERMINATION_MINUTES + MARGIN_MINUTES) * 60,
    States: {
      ReadInput: inputState('WaitForListing'),
      ...guardStates(params.stateMachineArn, 'FindData'),
      ...searchStates(
        {
          what: 'Data',
          bucketName: dataBucket.name,
          prefix: prefixes.raw,
          files: 'withContent',
          nothing: `There is no file with content in s3://${dataBucket.name}/${prefixes.raw}; no cluster was started.`,
        },
        'CreateCluster',
      ),
      ...clusterStates(params, stepName(firstJob)),
      ...stepStates(params),
      ...endStates(params),
    },
  };
  return { definition, statements: statements(params), releaseRules: covidReleaseRules };
}
