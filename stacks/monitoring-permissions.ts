import type { PolicyStatement } from '../constructs/support/policy-document';

/** ARN pattern of the executions of a state machine. */
export function executionsOf(stateMachineArn: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:*`;
}

/** Permission to check whether an execution is running. */
export function describeExecutions(stateMachineArn: string): PolicyStatement {
  return {
    sid: 'DescribeExecutions',
    actions: ['states:DescribeExecution'],
    resources: [executionsOf(stateMachineArn)],
  };
}

/** Permissions to find the job runs of an application. */
export function findJobRuns(applicationArn: string): PolicyStatement[] {
  return [
    { sid: 'ListJobRuns', actions: ['emr-serverless:ListJobRuns'], resources: [applicationArn] },
    { sid: 'GetJobRuns', actions: ['emr-serverless:GetJobRun'], resources: [`${applicationArn}/jobruns/*`] },
  ];
}

/** Permission to cancel job runs of the application that the state machine started. */
export function cancelJobRuns(applicationArn: string, stateMachineArn: string): PolicyStatement {
  return {
    sid: 'CancelJobRunsOfWorkflow',
    actions: ['emr-serverless:CancelJobRun'],
    resources: [`${applicationArn}/jobruns/*`],
    conditions: { StringLike: { 'aws:ResourceTag/execution': executionsOf(stateMachineArn) } },
  };
}

/**
 * Permissions to find the clusters of a pipeline.
 *
 * @param reading additional read actions
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
 * Permission to describe clusters of a pipeline by id.
 *
 * @param reading additional read actions
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

/** Permission to terminate clusters that the state machine started, with or without termination protection. */
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

/** Permissions to read logs under `prefix` in a bucket; with ListBucket S3 returns 404, not 403, for a missing log. */
export function readLogs(bucketArn: string, prefix: string): PolicyStatement[] {
  return [
    { sid: 'ReadLogs', actions: ['s3:GetObject'], resources: [`${bucketArn}/${prefix}*`] },
    { sid: 'ListLogs', actions: ['s3:ListBucket'], resources: [bucketArn] },
  ];
}
