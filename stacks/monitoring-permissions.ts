import type { PolicyStatement } from '../constructs/support/policy-document';

/** ARN pattern of the executions of a state machine. */
export function executionsOf(stateMachineArn: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:*`;
}

/** To ask whether an execution still runs. */
export function describeExecutions(stateMachineArn: string): PolicyStatement {
  return {
    sid: 'DescribeExecutions',
    actions: ['states:DescribeExecution'],
    resources: [executionsOf(stateMachineArn)],
  };
}

/** To find the job runs of an application. */
export function findJobRuns(applicationArn: string): PolicyStatement[] {
  return [
    { sid: 'ListJobRuns', actions: ['emr-serverless:ListJobRuns'], resources: [applicationArn] },
    { sid: 'GetJobRuns', actions: ['emr-serverless:GetJobRun'], resources: [`${applicationArn}/jobruns/*`] },
  ];
}

/** To cancel job runs that the state machine has started, and no others of the application. */
export function cancelJobRuns(applicationArn: string, stateMachineArn: string): PolicyStatement {
  return {
    sid: 'CancelJobRunsOfWorkflow',
    actions: ['emr-serverless:CancelJobRun'],
    resources: [`${applicationArn}/jobruns/*`],
    conditions: { StringLike: { 'aws:ResourceTag/execution': executionsOf(stateMachineArn) } },
  };
}

/**
 * To find the clusters of a pipeline.
 *
 * @param reading further actions to read each of them
 */
export function findClusters(
  clustersArn: string,
  pipeline: string,
  reading: readonly string[] = [],
): PolicyStatement[] {
  return [
    {
      sid: 'ListClusters',
      actions: ['elasticmapreduce:ListClusters'],
      resources: ['*'],
      wildcardReason: 'ListClusters does not support resources',
    },
    describeClusters(clustersArn, pipeline, reading),
  ];
}

/**
 * To describe the clusters of a pipeline whose ids are known.
 *
 * @param reading further actions to read each of them
 */
export function describeClusters(
  clustersArn: string,
  pipeline: string,
  reading: readonly string[],
): PolicyStatement {
  return {
    sid: 'DescribeOwnClusters',
    actions: ['elasticmapreduce:DescribeCluster', ...reading],
    resources: [clustersArn],
    conditions: { StringEquals: { 'elasticmapreduce:ResourceTag/pipeline': pipeline } },
  };
}

/** To end clusters that the state machine has started, protected or not, and no others. */
export function endClusters(clustersArn: string, pipeline: string, stateMachineArn: string): PolicyStatement {
  return {
    sid: 'EndClustersOfWorkflow',
    actions: ['elasticmapreduce:SetTerminationProtection', 'elasticmapreduce:TerminateJobFlows'],
    resources: [clustersArn],
    conditions: {
      StringEquals: { 'elasticmapreduce:ResourceTag/pipeline': pipeline },
      StringLike: { 'elasticmapreduce:ResourceTag/execution': executionsOf(stateMachineArn) },
    },
  };
}

/** To read logs below `prefix` of a bucket, and to get 404, not 403, for one that is missing. */
export function readLogs(bucketArn: string, prefix: string): PolicyStatement[] {
  return [
    { sid: 'ReadLogs', actions: ['s3:GetObject'], resources: [`${bucketArn}/${prefix}*`] },
    { sid: 'ListLogs', actions: ['s3:ListBucket'], resources: [bucketArn] },
  ];
}
