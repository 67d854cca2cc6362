import { LINKED_ROLES } from '../../config/linked-roles';
import { covidResources, type CovidResources } from './covid-resources';
import { covidWatchMatrix } from './covid-watch';
import {
  request,
  onlyWith,
  type DeploymentScope,
  type PermissionMatrix,
  type RoleDeclaration,
} from './declaration';

const named = (service: string) => ({ 'iam:AWSServiceName': `${service}.amazonaws.com` });
const passedTo = (service: string) => ({ 'iam:PassedToService': `${service}.amazonaws.com` });

function instance({ base, arn, data, artifacts, key, cluster, ours }: CovidResources): RoleDeclaration {
  const streaming = (action: string, logGroup: string) =>
    onlyWith('CLUSTER_CLOUDWATCH_LOGS', request(action, arn('logs', `log-group:${logGroup}`)));
  return {
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
      streaming('logs:PutLogEvents', `/aws/emr/${base}-covid:log-stream:s`),
      streaming('logs:DescribeLogStreams', `/aws/emr/${base}-covid:log-stream:`),
      streaming('logs:PutRetentionPolicy', `/aws/emr/${base}-covid:log-stream:`),
      onlyWith('CLUSTER_CLOUDWATCH_LOGS', request('logs:DescribeLogGroups', '*')),
    ],
    mayNot: [
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
  };
}

function service({ role, linkedRole, key }: CovidResources): RoleDeclaration {
  const spotRole = linkedRole(LINKED_ROLES.spot);
  return {
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
      request('iam:CreateServiceLinkedRole', linkedRole(LINKED_ROLES.emrCleanup), named('elasticmapreduce')),
      request('kms:CreateGrant', key, { 'kms:GrantIsForAWSResource': 'false' }),
    ],
  };
}

function workflow({
  base,
  arn,
  data,
  role,
  linkedRole,
  stateMachine,
  cluster,
  ours,
  tagged,
}: CovidResources): RoleDeclaration {
  return {
    may: [
      request('states:ListExecutions', stateMachine),
      request('s3:ListBucket', data, { 's3:prefix': 'raw/' }),
      request('elasticmapreduce:RunJobFlow', '*', tagged),
      request('elasticmapreduce:AddJobFlowSteps', cluster, ours),
      request('elasticmapreduce:TerminateJobFlows', cluster, ours),
      request('elasticmapreduce:ListClusters', '*'),
      request('iam:PassRole', role('covid-service'), passedTo('elasticmapreduce')),
      request('iam:PassRole', role('covid-instance'), passedTo('ec2')),
      request('iam:CreateServiceLinkedRole', linkedRole(LINKED_ROLES.emrCleanup), named('elasticmapreduce')),
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
  };
}

function schedule({ base, arn, stateMachine, deadLetters }: CovidResources): RoleDeclaration {
  return {
    may: [request('states:StartExecution', stateMachine), request('sqs:SendMessage', deadLetters)],
    mayNot: [
      request('states:StartExecution', arn('states', `stateMachine:${base}-state-machine`)),
      request('states:StopExecution', arn('states', `execution:${base}-covid-state-machine:x`)),
    ],
  };
}

function upload({ arn, stateMachine, deadLetters }: CovidResources): RoleDeclaration {
  return {
    may: [request('states:StartExecution', stateMachine)],
    mayNot: [
      request('states:StartExecution', arn('states', 'stateMachine:other')),
      request('sqs:SendMessage', deadLetters),
    ],
  };
}

/** What each role of the covid stack must be able to do, and what it must not. */
export function covidMatrix(scope: DeploymentScope): PermissionMatrix {
  const resources = covidResources(scope);
  return {
    'covid-instance': instance(resources),
    'covid-service': service(resources),
    'covid-workflow': workflow(resources),
    'covid-schedule': schedule(resources),
    'covid-upload': upload(resources),
    ...covidWatchMatrix(resources),
  };
}
