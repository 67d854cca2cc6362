import {
  arnsOf,
  dataKeyUses,
  type DeploymentScope,
  onlyWith,
  type PermissionMatrix,
  request,
} from './declaration';

const toEmrServerless = { 'iam:PassedToService': 'emr-serverless.amazonaws.com' };
const partition = { 's3:prefix': 'clicklog/data=2026-03-04/' };

/** Required and forbidden requests of each role of the clicklogger stack. */
export function clickloggerMatrix(scope: DeploymentScope): PermissionMatrix {
  const { base, applicationId } = scope;
  const { arn, bucket, role } = arnsOf(scope);
  const executions = arn('states', `execution:${base}-state-machine`);
  const database = base.replaceAll('-', '_');
  const delivery = bucket('firehose-delivery');
  const output = bucket('loggregator-output');
  const source = bucket('loggregator-source');
  const logs = bucket('emr-logs');
  const application = arn('emr-serverless', `/applications/${applicationId}`);
  const otherApplication = arn('emr-serverless', '/applications/00fother');
  const stream = arn('firehose', `deliverystream/${base}-firehose-delivery-stream`);
  const logStream = (group: string): string => arn('logs', `log-group:${group}:log-stream:s`);
  const deadLetters = arn('sqs', `${base}-dead-letters`);
  const keyUses = dataKeyUses.bind(undefined, scope);
  /** Condition keys of a job run that an execution started. */
  const startedBy = (execution: string) => ({ 'aws:ResourceTag/execution': execution });
  return {
    ingestion: {
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
    },
    delivery: {
      may: [
        request('s3:PutObject', `${delivery}/clicklog/data=2026-03-04/x.parquet`),
        request('s3:PutObject', `${delivery}/errors/format-conversion-failed/x`),
        ...keyUses('s3', 'Decrypt', 'GenerateDataKey'),
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
        ...keyUses('sqs', 'Decrypt', 'GenerateDataKey'),
        request('s3:PutObject', `${delivery}/elsewhere/x`),
        request('s3:PutObject', `${output}/x`),
        request('s3:DeleteObject', `${delivery}/clicklog/x`),
        request('glue:GetTable', arn('glue', 'table/other/clicks')),
        request('glue:UpdateTable', arn('glue', `table/${database}/clicks`)),
      ],
    },
    job: {
      may: [
        ...keyUses('s3', 'Decrypt', 'GenerateDataKey'),
        request('s3:GetObject', `${source}/jobs/loggregator-0.jar`),
        request('s3:ListBucket', source, { 's3:prefix': 'jobs/loggregator-0.jar' }),
        request('s3:GetObject', `${delivery}/clicklog/data=2026-03-04/x.parquet`),
        request('s3:ListBucket', delivery, partition),
        request('s3:PutObject', `${output}/2026/03/04/response.md`),
        request('s3:PutObject', `${output}/ALL/2026/03/04/response.md`),
        request('s3:GetObject', `${output}/2026/03/04`),
        request('s3:PutObject', `${output}/rejected/2026/03/04/part-00000.json`),
        request('s3:DeleteObject', `${output}/rejected/2026/03/04/part-00000.json`),
        request('s3:ListMultipartUploadParts', `${output}/2026/03/04/response.md`),
        request('s3:AbortMultipartUpload', `${output}/2026/03/04/response.md`),
        request('s3:ListBucketMultipartUploads', output),
        request('s3:ListBucket', output),
        request('s3:PutObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
      ],
      mayNot: [
        request('s3:DeleteObject', `${output}/2026/03/04/response.md`),
        request('s3:DeleteObject', `${output}/ALL/2026/03/04/response.md`),
        request('s3:PutObject', `${output}/2026/03/04/other.md`),
        request('s3:GetObject', `${delivery}/errors/x`),
        request('s3:ListBucket', delivery, { 's3:prefix': 'errors/' }),
        request('s3:PutObject', `${delivery}/clicklog/x`),
        request('s3:DeleteObject', `${delivery}/clicklog/x`),
        request('s3:PutObject', `${source}/jobs/loggregator-0.jar`),
        request('s3:ListBucket', source, { 's3:prefix': '' }),
        request('s3:ListBucketMultipartUploads', delivery),
        request('s3:GetObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
        request('s3:DeleteBucket', output),
        ...keyUses('sqs', 'Decrypt', 'GenerateDataKey'),
        request('emr-serverless:StartJobRun', application),
        request('iam:PassRole', role('job'), toEmrServerless),
      ],
    },
    'job-status': {
      may: [
        request('emr-serverless:GetJobRun', `${application}/jobruns/1`),
        ...keyUses('s3', 'Decrypt'),
        request('s3:GetObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
        request('s3:ListBucket', logs),
        request('logs:PutLogEvents', logStream(`/aws/lambda/${base}-job-status-lambda`)),
      ],
      mayNot: [
        ...keyUses('s3', 'GenerateDataKey'),
        ...keyUses('sns', 'Decrypt'),
        request('emr-serverless:GetJobRun', `${otherApplication}/jobruns/1`),
        request('emr-serverless:CancelJobRun', `${application}/jobruns/1`),
        request('emr-serverless:StopApplication', application),
        request('s3:PutObject', `${logs}/applications/x`),
        request('s3:GetObject', `${output}/2026/03/04/response.md`),
      ],
    },
    workflow: {
      may: [
        onlyWith(
          'CUSTOMER_MANAGED_KEYS',
          request('kms:GenerateDataKey', arn('kms', `key/${scope.dataKeyId}`)),
        ),
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
    },
    studio: {
      may: [
        ...keyUses('s3', 'Decrypt', 'GenerateDataKey'),
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
    },
    reaper: {
      may: [
        request('emr-serverless:ListJobRuns', application),
        request('emr-serverless:GetJobRun', `${application}/jobruns/1`),
        request('emr-serverless:CancelJobRun', `${application}/jobruns/1`, startedBy(`${executions}:run-1`)),
        ...keyUses('sqs', 'Decrypt', 'GenerateDataKey'),
        request('states:DescribeExecution', `${executions}:run-1`),
        request('sqs:SendMessage', deadLetters),
      ],
      mayNot: [
        ...keyUses('s3', 'Decrypt'),
        request('emr-serverless:CancelJobRun', `${application}/jobruns/1`),
        request(
          'emr-serverless:CancelJobRun',
          `${application}/jobruns/1`,
          startedBy(arn('states', 'execution:other:run-1')),
        ),
        request(
          'emr-serverless:CancelJobRun',
          `${otherApplication}/jobruns/1`,
          startedBy(`${executions}:run-1`),
        ),
        request('emr-serverless:StartJobRun', application),
        request('emr-serverless:StopApplication', application),
        request('states:DescribeExecution', arn('states', 'execution:other:run-1')),
        request('states:StopExecution', `${executions}:run-1`),
        request('elasticmapreduce:ListClusters', '*'),
      ],
    },
    notifier: {
      may: [
        request('emr-serverless:ListJobRuns', application),
        request('emr-serverless:GetJobRun', `${application}/jobruns/1`),
        request('s3:GetObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
        request('s3:ListBucket', logs),
        ...['s3', 'sns', 'sqs'].flatMap((service) => keyUses(service, 'Decrypt')),
        ...['sns', 'sqs'].flatMap((service) => keyUses(service, 'GenerateDataKey')),
        request('sns:Publish', arn('sns', `${base}-alerts`)),
        request('sqs:SendMessage', deadLetters),
      ],
      mayNot: [
        request('emr-serverless:CancelJobRun', `${application}/jobruns/1`, startedBy(`${executions}:run-1`)),
        request('s3:GetObject', `${output}/2026/03/04/response.md`),
        request('s3:PutObject', `${logs}/applications/x`),
        ...keyUses('s3', 'GenerateDataKey'),
        request('sns:Publish', arn('sns', 'other')),
        request('sns:Subscribe', arn('sns', `${base}-alerts`)),
      ],
    },
  };
}
