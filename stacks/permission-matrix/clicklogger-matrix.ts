import { clickResources, type ClickResources } from './click-resources';
import { clickWatchMatrix } from './click-watch';
import { request, type DeploymentScope, type PermissionMatrix, type RoleDeclaration } from './declaration';

const toEmrServerless = { 'iam:PassedToService': 'emr-serverless.amazonaws.com' };
const partition = { 's3:prefix': 'clicklog/data=2026-03-04/' };

function ingestion({ base, delivery, arn, stream, logStream }: ClickResources): RoleDeclaration {
  return {
    may: [
      request('firehose:PutRecordBatch', stream),
      request('logs:PutLogEvents', logStream(`/aws/lambda/${base}-ingestion-lambda`)),
    ],
    mayNot: [
      request('firehose:PutRecordBatch', arn('firehose', 'deliverystream/other')),
      request('firehose:DeleteDeliveryStream', stream),
      request('s3:PutObject', `${delivery}/clicklog/x`),
      request('logs:PutLogEvents', logStream('/aws/lambda/other')),
      request('logs:CreateLogGroup', arn('logs', `log-group:/aws/lambda/${base}-ingestion-lambda`)),
    ],
  };
}

function delivery({ base, database, delivery, output, arn }: ClickResources): RoleDeclaration {
  return {
    may: [
      request('s3:PutObject', `${delivery}/clicklog/data=2026-03-04/x.parquet`),
      request('s3:PutObject', `${delivery}/errors/format-conversion-failed/x`),
      request('glue:GetTableVersions', arn('glue', `table/${database}/clicks`)),
      request(
        'logs:PutLogEvents',
        arn(
          'logs',
          `log-group:/aws/kinesisfirehose/${base}-firehose-delivery-stream:log-stream:DestinationDelivery`,
        ),
      ),
    ],
    mayNot: [
      request('s3:PutObject', `${delivery}/elsewhere/x`),
      request('s3:PutObject', `${output}/x`),
      request('s3:DeleteObject', `${delivery}/clicklog/x`),
      request('glue:GetTable', arn('glue', 'table/other/clicks')),
      request('glue:UpdateTable', arn('glue', `table/${database}/clicks`)),
    ],
  };
}

function job({ delivery, output, source, logs, application, role }: ClickResources): RoleDeclaration {
  return {
    may: [
      request('s3:GetObject', `${source}/jobs/loggregator-0.jar`),
      request('s3:ListBucket', source, { 's3:prefix': 'jobs/loggregator-0.jar' }),
      request('s3:GetObject', `${delivery}/clicklog/data=2026-03-04/x.parquet`),
      request('s3:ListBucket', delivery, partition),
      request('s3:PutObject', `${output}/2026/03/04/response.md`),
      request('s3:DeleteObject', `${output}/2026/03/04/response.md`),
      request('s3:ListMultipartUploadParts', `${output}/2026/03/04/response.md`),
      request('s3:AbortMultipartUpload', `${output}/2026/03/04/response.md`),
      request('s3:ListBucketMultipartUploads', output),
      request('s3:ListBucket', output),
      request('s3:PutObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
    ],
    mayNot: [
      request('s3:GetObject', `${delivery}/errors/x`),
      request('s3:ListBucket', delivery, { 's3:prefix': 'errors/' }),
      request('s3:PutObject', `${delivery}/clicklog/x`),
      request('s3:DeleteObject', `${delivery}/clicklog/x`),
      request('s3:PutObject', `${source}/jobs/loggregator-0.jar`),
      request('s3:ListBucket', source, { 's3:prefix': '' }),
      request('s3:ListBucketMultipartUploads', delivery),
      request('s3:GetObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
      request('s3:DeleteBucket', output),
      request('emr-serverless:StartJobRun', application),
      request('iam:PassRole', role('job'), toEmrServerless),
    ],
  };
}

function jobStatus({
  base,
  output,
  logs,
  application,
  otherApplication,
  logStream,
}: ClickResources): RoleDeclaration {
  return {
    may: [
      request('emr-serverless:GetJobRun', `${application}/jobruns/1`),
      request('s3:GetObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
      request('s3:ListBucket', logs),
      request('logs:PutLogEvents', logStream(`/aws/lambda/${base}-job-status-lambda`)),
    ],
    mayNot: [
      request('emr-serverless:GetJobRun', `${otherApplication}/jobruns/1`),
      request('emr-serverless:CancelJobRun', `${application}/jobruns/1`),
      request('emr-serverless:StopApplication', application),
      request('s3:PutObject', `${logs}/applications/x`),
      request('s3:GetObject', `${output}/2026/03/04/response.md`),
    ],
  };
}

function workflow({
  base,
  delivery,
  arn,
  application,
  otherApplication,
  role,
}: ClickResources): RoleDeclaration {
  return {
    may: [
      request('s3:ListBucket', delivery, partition),
      request('emr-serverless:StartJobRun', application),
      request('emr-serverless:CancelJobRun', `${application}/jobruns/1`),
      request('emr-serverless:TagResource', `${application}/jobruns/1`),
      request('iam:PassRole', role('job'), toEmrServerless),
      request('lambda:InvokeFunction', arn('lambda', `function:${base}-job-status-lambda`)),
      request('logs:CreateLogDelivery', '*'),
    ],
    mayNot: [
      request('s3:ListBucket', delivery),
      request('s3:ListBucket', delivery, { 's3:prefix': 'errors/' }),
      request('s3:GetObject', `${delivery}/clicklog/x`),
      request('emr-serverless:StartJobRun', otherApplication),
      request('emr-serverless:DeleteApplication', application),
      request('iam:PassRole', role('job'), { 'iam:PassedToService': 'ec2.amazonaws.com' }),
      request('iam:PassRole', role('delivery'), toEmrServerless),
      request('lambda:InvokeFunction', arn('lambda', `function:${base}-ingestion-lambda`)),
    ],
  };
}

function studio({ bucket, output, arn }: ClickResources): RoleDeclaration {
  return {
    may: [
      request('s3:PutObject', `${bucket('emr-studio')}/workspace/x`),
      request('ec2:CreateNetworkInterface', arn('ec2', 'subnet/subnet-1'), {
        'aws:ResourceTag/for-use-with-amazon-emr-managed-policies': 'true',
      }),
      request('ec2:DescribeSubnets', '*'),
    ],
    mayNot: [
      request('ec2:CreateNetworkInterface', arn('ec2', 'subnet/subnet-1')),
      request('ec2:DeleteNetworkInterface', arn('ec2', 'network-interface/eni-1')),
      request('ec2:RunInstances', arn('ec2', 'instance/*')),
      request('s3:GetObject', `${output}/2026/03/04/response.md`),
    ],
  };
}

/** What each role of the clicklogger stack must be able to do, and what it must not. */
export function clickloggerMatrix(scope: DeploymentScope): PermissionMatrix {
  const resources = clickResources(scope);
  return {
    ingestion: ingestion(resources),
    delivery: delivery(resources),
    job: job(resources),
    'job-status': jobStatus(resources),
    workflow: workflow(resources),
    studio: studio(resources),
    ...clickWatchMatrix(resources),
  };
}
