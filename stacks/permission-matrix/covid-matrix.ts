import { LINKED_ROLES } from '../../config/linked-roles';
import {
  arnsOf,
  dataKeyUses,
  type DeploymentScope,
  onlyWith,
  type PermissionMatrix,
  request,
  type RoleDeclaration,
} from './declaration';

const named = (service: string) => ({ 'iam:AWSServiceName': `${service}.amazonaws.com` });
const passedTo = (service: string) => ({ 'iam:PassedToService': `${service}.amazonaws.com` });

/** Required and forbidden requests of each role of the covid stack. */
export function covidMatrix(scope: DeploymentScope): PermissionMatrix {
  const { base, keyId } = scope;
  const { arn, bucket, role, linkedRole } = arnsOf(scope);
  const keyUses = dataKeyUses.bind(undefined, scope);
  const execution = arn('states', `execution:${base}-covid-state-machine:x`);
  const ours = { 'elasticmapreduce:ResourceTag/pipeline': `${base}-covid` };
  const data = bucket('covid-data');
  const artifacts = bucket('covid-artifacts');
  const key = arn('kms', `key/${keyId}`);
  const stateMachine = arn('states', `stateMachine:${base}-covid-state-machine`);
  const cluster = arn('elasticmapreduce', 'cluster/j-1');
  const deadLetters = arn('sqs', `${base}-covid-dead-letters`);
  const tagged = { 'elasticmapreduce:RequestTag/pipeline': `${base}-covid` };
  const ofExecution = { ...ours, 'elasticmapreduce:ResourceTag/execution': execution };
  const spotRole = linkedRole(LINKED_ROLES.spot);
  const streaming = (action: string, logGroup: string) =>
    onlyWith('CLUSTER_CLOUDWATCH_LOGS', request(action, arn('logs', `log-group:${logGroup}`)));
  /** Reads the steps of a cluster and their logs. */
  const stepReader: RoleDeclaration = {
    may: [
      request('elasticmapreduce:DescribeCluster', cluster, ours),
      request('elasticmapreduce:ListInstances', cluster, ours),
      ...keyUses('s3', 'Decrypt'),
      request('elasticmapreduce:ListSteps', cluster, ours),
      request('s3:GetObject', `${artifacts}/logs/j-1/steps/s-1/stderr.gz`),
      request('s3:ListBucket', artifacts),
    ],
    mayNot: [
      ...keyUses('s3', 'GenerateDataKey'),
      request('elasticmapreduce:DescribeCluster', cluster),
      request('elasticmapreduce:ListSteps', cluster),
      request('elasticmapreduce:TerminateJobFlows', cluster, ofExecution),
      request('s3:GetObject', `${artifacts}/scripts/x.py`),
      request('s3:GetObject', `${data}/raw/a.csv`),
      request('s3:PutObject', `${artifacts}/logs/j-1/steps/s-1/stderr.gz`),
    ],
  };
  return {
    'covid-instance': {
      may: [
        request('s3:GetObject', `${data}/raw/a.csv`),
        request('s3:ListBucket', data, { 's3:prefix': 'raw/' }),
        request('s3:PutObject', `${data}/processed/t/covid_report.csv`),
        request('s3:PutObject', `${data}/rejected/t/rows.csv`),
        request('s3:DeleteObject', `${data}/curated/covid_report/x`),
        request('s3:ListMultipartUploadParts', `${data}/curated/covid_report/x`),
        request('s3:AbortMultipartUpload', `${data}/processed/t/covid_report.csv`),
        request('s3:ListBucketMultipartUploads', data),
        request('s3:GetObject', `${artifacts}/scripts/x.py`),
        request('s3:PutObject', `${artifacts}/logs/j-1/steps/s-1/stderr.gz`),
        onlyWith('CLUSTER_ENCRYPTION', request('kms:Decrypt', key)),
        ...keyUses('s3', 'Decrypt', 'GenerateDataKey'),
        streaming('logs:PutLogEvents', `/aws/emr/${base}-covid:log-stream:s`),
        streaming('logs:DescribeLogStreams', `/aws/emr/${base}-covid:log-stream:`),
        streaming('logs:PutRetentionPolicy', `/aws/emr/${base}-covid:log-stream:`),
        onlyWith('CLUSTER_CLOUDWATCH_LOGS', request('logs:DescribeLogGroups', '*')),
      ],
      mayNot: [
        ...keyUses('sqs', 'Decrypt'),
        request('s3:PutObject', `${data}/raw/a.csv`),
        request('s3:DeleteObject', `${data}/raw/a.csv`),
        request('s3:PutObject', `${artifacts}/scripts/x.py`),
        request('s3:ListBucket', data, { 's3:prefix': '' }),
        request('s3:ListBucket', artifacts),
        request('s3:ListBucketMultipartUploads', artifacts),
        request('logs:CreateLogGroup', arn('logs', `log-group:/aws/emr/${base}-covid`)),
        request('logs:PutLogEvents', arn('logs', `log-group:/aws/emr/other:log-stream:s`)),
        request('ec2:RunInstances', arn('ec2', 'instance/*')),
        request('elasticmapreduce:TerminateJobFlows', cluster, ours),
      ],
    },
    'covid-service': {
      may: [
        request('iam:PassRole', role('covid-instance'), passedTo('ec2')),
        onlyWith('CLUSTER_SPOT', request('iam:CreateServiceLinkedRole', spotRole, named('spot'))),
        onlyWith(
          'CLUSTER_ENCRYPTION',
          request('kms:CreateGrant', key, { 'kms:GrantIsForAWSResource': 'true' }),
        ),
      ],
      mayNot: [
        request('iam:PassRole', role('covid-instance'), passedTo('lambda')),
        request('iam:PassRole', role('covid-workflow'), passedTo('ec2')),
        request('iam:CreateServiceLinkedRole', spotRole, named('spotfleet')),
        request(
          'iam:CreateServiceLinkedRole',
          linkedRole(LINKED_ROLES.emrCleanup),
          named('elasticmapreduce'),
        ),
        request('kms:CreateGrant', key, { 'kms:GrantIsForAWSResource': 'false' }),
      ],
    },
    'covid-workflow': {
      may: [
        request('states:ListExecutions', stateMachine),
        request('s3:ListBucket', data, { 's3:prefix': 'raw/' }),
        request('elasticmapreduce:RunJobFlow', '*', tagged),
        request('elasticmapreduce:AddJobFlowSteps', cluster, ours),
        request('elasticmapreduce:TerminateJobFlows', cluster, ours),
        request('elasticmapreduce:ListClusters', '*'),
        request('iam:PassRole', role('covid-service'), passedTo('elasticmapreduce')),
        request('iam:PassRole', role('covid-instance'), passedTo('ec2')),
        request(
          'iam:CreateServiceLinkedRole',
          linkedRole(LINKED_ROLES.emrCleanup),
          named('elasticmapreduce'),
        ),
        request('events:PutRule', arn('events', 'rule/StepFunctionsGetEventForEMRRunJobFlowRule')),
        request('lambda:InvokeFunction', arn('lambda', `function:${base}-covid-failure-lambda`)),
      ],
      mayNot: [
        request('elasticmapreduce:RunJobFlow', '*'),
        request('elasticmapreduce:TerminateJobFlows', cluster),
        request('elasticmapreduce:TerminateJobFlows', cluster, {
          'elasticmapreduce:ResourceTag/pipeline': 'other',
        }),
        request('elasticmapreduce:AddJobFlowSteps', cluster),
        request('s3:GetObject', `${data}/raw/a.csv`),
        request('iam:PassRole', role('covid-service'), passedTo('ec2')),
        request('iam:PassRole', role('covid-schedule'), passedTo('ec2')),
        request('events:PutRule', arn('events', 'rule/other')),
        request('states:StartExecution', stateMachine),
        request('lambda:InvokeFunction', arn('lambda', `function:${base}-covid-reaper-lambda`)),
      ],
    },
    'covid-schedule': {
      may: [
        ...keyUses('sqs', 'Decrypt', 'GenerateDataKey'),
        request('states:StartExecution', stateMachine),
        request('sqs:SendMessage', deadLetters),
      ],
      mayNot: [
        request('states:StartExecution', arn('states', `stateMachine:${base}-state-machine`)),
        request('states:StopExecution', arn('states', `execution:${base}-covid-state-machine:x`)),
      ],
    },
    'covid-upload': {
      may: [request('states:StartExecution', stateMachine)],
      mayNot: [
        ...keyUses('sqs', 'GenerateDataKey'),
        request('states:StartExecution', arn('states', 'stateMachine:other')),
        request('sqs:SendMessage', deadLetters),
      ],
    },
    'covid-reaper': {
      may: [
        request('elasticmapreduce:ListClusters', '*'),
        request('elasticmapreduce:DescribeCluster', cluster, ours),
        request('elasticmapreduce:SetTerminationProtection', cluster, ofExecution),
        request('elasticmapreduce:TerminateJobFlows', cluster, ofExecution),
        ...keyUses('sqs', 'Decrypt', 'GenerateDataKey'),
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
    },
    'covid-notifier': {
      may: [
        ...stepReader.may,
        request('elasticmapreduce:ListClusters', '*'),
        ...['sns', 'sqs'].flatMap((service) => keyUses(service, 'Decrypt', 'GenerateDataKey')),
        request('sns:Publish', arn('sns', `${base}-covid-alerts`)),
      ],
      mayNot: [...stepReader.mayNot, request('sns:Publish', arn('sns', `${base}-alerts`))],
    },
    'covid-failure': {
      may: [
        ...stepReader.may,
        request(
          'logs:PutLogEvents',
          arn('logs', `log-group:/aws/lambda/${base}-covid-failure-lambda:log-stream:s`),
        ),
      ],
      mayNot: [
        ...stepReader.mayNot,
        request('elasticmapreduce:ListClusters', '*'),
        request('sns:Publish', arn('sns', `${base}-covid-alerts`)),
      ],
    },
  };
}
