import type { CovidResources } from './covid-resources';
import { request, type PermissionMatrix, type RoleDeclaration } from './declaration';

function reaper({
  arn,
  cluster,
  deadLetters,
  ours,
  tagged,
  execution,
  ofExecution,
}: CovidResources): RoleDeclaration {
  return {
    may: [
      request('elasticmapreduce:ListClusters', '*'),
      request('elasticmapreduce:DescribeCluster', cluster, ours),
      request('elasticmapreduce:SetTerminationProtection', cluster, ofExecution),
      request('elasticmapreduce:TerminateJobFlows', cluster, ofExecution),
      request('states:DescribeExecution', execution),
      request('sqs:SendMessage', deadLetters),
    ],
    mayNot: [
      request('elasticmapreduce:DescribeCluster', cluster),
      request('elasticmapreduce:TerminateJobFlows', cluster, ours),
      request('elasticmapreduce:TerminateJobFlows', cluster, {
        ...ofExecution,
        'elasticmapreduce:ResourceTag/pipeline': 'other',
      }),
      request('elasticmapreduce:TerminateJobFlows', cluster, {
        ...ours,
        'elasticmapreduce:ResourceTag/execution': arn('states', 'execution:other:x'),
      }),
      request('elasticmapreduce:SetTerminationProtection', cluster, ours),
      request('elasticmapreduce:RunJobFlow', '*', tagged),
      request('states:StopExecution', execution),
      request('states:DescribeExecution', arn('states', 'execution:other:x')),
    ],
  };
}

/** Reads a failed cluster's steps and their logs, and nothing besides. */
function stepReader({ data, artifacts, cluster, ours, ofExecution }: CovidResources): RoleDeclaration {
  return {
    may: [
      request('elasticmapreduce:DescribeCluster', cluster, ours),
      request('elasticmapreduce:ListInstances', cluster, ours),
      request('elasticmapreduce:ListSteps', cluster, ours),
      request('s3:GetObject', `${artifacts}/logs/j-1/steps/s-1/stderr.gz`),
      request('s3:ListBucket', artifacts),
    ],
    mayNot: [
      request('elasticmapreduce:DescribeCluster', cluster),
      request('elasticmapreduce:ListSteps', cluster),
      request('elasticmapreduce:TerminateJobFlows', cluster, ofExecution),
      request('s3:GetObject', `${artifacts}/scripts/x.py`),
      request('s3:GetObject', `${data}/raw/a.csv`),
      request('s3:PutObject', `${artifacts}/logs/j-1/steps/s-1/stderr.gz`),
    ],
  };
}

function notifier(resources: CovidResources): RoleDeclaration {
  const { base, arn } = resources;
  const { may, mayNot } = stepReader(resources);
  return {
    may: [
      ...may,
      request('elasticmapreduce:ListClusters', '*'),
      request('sns:Publish', arn('sns', `${base}-covid-alerts`)),
    ],
    mayNot: [...mayNot, request('sns:Publish', arn('sns', `${base}-alerts`))],
  };
}

function failure(resources: CovidResources): RoleDeclaration {
  const { base, arn } = resources;
  const { may, mayNot } = stepReader(resources);
  return {
    may: [
      ...may,
      request(
        'logs:PutLogEvents',
        arn('logs', `log-group:/aws/lambda/${base}-covid-failure-lambda:log-stream:s`),
      ),
    ],
    mayNot: [
      ...mayNot,
      request('elasticmapreduce:ListClusters', '*'),
      request('sns:Publish', arn('sns', `${base}-covid-alerts`)),
    ],
  };
}

/** What the roles that watch over clusters must be able to do, and what they must not. */
export function covidWatchMatrix(resources: CovidResources): PermissionMatrix {
  return {
    'covid-reaper': reaper(resources),
    'covid-notifier': notifier(resources),
    'covid-failure': failure(resources),
  };
}
