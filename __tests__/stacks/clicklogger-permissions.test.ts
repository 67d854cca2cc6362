import { ACCOUNT, findMisfits, mayDo, readPolicy, type Request, rolePolicies } from '../support/permissions';
import { resourcesOf, synthClicklogger } from '../support/synth';

const stack = synthClicklogger();
const policies = rolePolicies(stack);

const bucket = (purpose: string): string => `arn:aws:s3:::us-east-1-clicklogger-dev-${purpose}-${ACCOUNT}`;
const delivery = bucket('firehose-delivery');
const output = bucket('loggregator-output');
const source = bucket('loggregator-source');
const logs = bucket('emr-logs');
const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
const application = arn('emr-serverless', '/applications/00fapp');
const otherApplication = arn('emr-serverless', '/applications/00fother');
const role = (purpose: string): string => `arn:aws:iam::${ACCOUNT}:role/clicklogger-dev-${purpose}-us-east-1`;
const stream = arn('firehose', 'deliverystream/clicklogger-dev-firehose-delivery-stream');
const logStream = (group: string): string => arn('logs', `log-group:${group}:log-stream:s`);
const executions = arn('states', 'execution:clicklogger-dev-state-machine');
const deadLetters = arn('sqs', 'clicklogger-dev-dead-letters');
const startedBy = (execution: string) => ({ 'aws:ResourceTag/execution': execution });
const toEmrServerless = { 'iam:PassedToService': 'emr-serverless.amazonaws.com' };
const partition = { 's3:prefix': 'clicklog/data=2026-03-04/' };

const request = (action: string, resource: string, context: Record<string, string> = {}): Request => ({
  action,
  resource,
  context,
});

/** What each role must be able to do, and what it must not: the second proof beside the pipelines that run. */
const matrix: Readonly<
  Record<string, { readonly may: readonly Request[]; readonly mayNot: readonly Request[] }>
> = {
  ingestion: {
    may: [
      request('firehose:PutRecordBatch', stream),
      request('logs:PutLogEvents', logStream('/aws/lambda/clicklogger-dev-ingestion-lambda')),
    ],
    mayNot: [
      request('firehose:PutRecordBatch', arn('firehose', 'deliverystream/other')),
      request('firehose:DeleteDeliveryStream', stream),
      request('s3:PutObject', `${delivery}/clicklog/x`),
      request('logs:PutLogEvents', logStream('/aws/lambda/other')),
      request('logs:CreateLogGroup', arn('logs', 'log-group:/aws/lambda/clicklogger-dev-ingestion-lambda')),
    ],
  },
  delivery: {
    may: [
      request('s3:PutObject', `${delivery}/clicklog/data=2026-03-04/x.parquet`),
      request('s3:PutObject', `${delivery}/errors/format-conversion-failed/x`),
      request('glue:GetTableVersions', arn('glue', 'table/clicklogger_dev/clicks')),
      request(
        'logs:PutLogEvents',
        arn(
          'logs',
          'log-group:/aws/kinesisfirehose/clicklogger-dev-firehose-delivery-stream:log-stream:DestinationDelivery',
        ),
      ),
    ],
    mayNot: [
      request('s3:PutObject', `${delivery}/elsewhere/x`),
      request('s3:PutObject', `${output}/x`),
      request('s3:DeleteObject', `${delivery}/clicklog/x`),
      request('glue:GetTable', arn('glue', 'table/other/clicks')),
      request('glue:UpdateTable', arn('glue', 'table/clicklogger_dev/clicks')),
    ],
  },
  job: {
    may: [
      request('s3:GetObject', `${source}/jobs/loggregator-0.jar`),
      request('s3:GetObject', `${delivery}/clicklog/data=2026-03-04/x.parquet`),
      request('s3:ListBucket', delivery, partition),
      request('s3:PutObject', `${output}/2026/03/04/response.md`),
      request('s3:DeleteObject', `${output}/2026/03/04/response.md`),
      request('s3:ListBucket', output),
      request('s3:PutObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
    ],
    mayNot: [
      request('s3:GetObject', `${delivery}/errors/x`),
      request('s3:ListBucket', delivery, { 's3:prefix': 'errors/' }),
      request('s3:PutObject', `${delivery}/clicklog/x`),
      request('s3:DeleteObject', `${delivery}/clicklog/x`),
      request('s3:PutObject', `${source}/jobs/loggregator-0.jar`),
      request('s3:GetObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
      request('s3:DeleteBucket', output),
      request('emr-serverless:StartJobRun', application),
      request('iam:PassRole', role('job'), toEmrServerless),
    ],
  },
  'job-status': {
    may: [
      request('emr-serverless:GetJobRun', `${application}/jobruns/1`),
      request('s3:GetObject', `${logs}/applications/00fapp/jobs/1/SPARK_DRIVER/stderr.gz`),
      request('s3:ListBucket', logs),
      request('logs:PutLogEvents', logStream('/aws/lambda/clicklogger-dev-job-status-lambda')),
    ],
    mayNot: [
      request('emr-serverless:GetJobRun', `${otherApplication}/jobruns/1`),
      request('emr-serverless:CancelJobRun', `${application}/jobruns/1`),
      request('emr-serverless:StopApplication', application),
      request('s3:PutObject', `${logs}/applications/x`),
      request('s3:GetObject', `${output}/2026/03/04/response.md`),
    ],
  },
  workflow: {
    may: [
      request('s3:ListBucket', delivery, partition),
      request('emr-serverless:StartJobRun', application),
      request('emr-serverless:CancelJobRun', `${application}/jobruns/1`),
      request('emr-serverless:TagResource', `${application}/jobruns/1`),
      request('iam:PassRole', role('job'), toEmrServerless),
      request('lambda:InvokeFunction', arn('lambda', 'function:clicklogger-dev-job-status-lambda')),
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
      request('lambda:InvokeFunction', arn('lambda', 'function:clicklogger-dev-ingestion-lambda')),
    ],
  },
  reaper: {
    may: [
      request('emr-serverless:ListJobRuns', application),
      request('emr-serverless:GetJobRun', `${application}/jobruns/1`),
      request('emr-serverless:CancelJobRun', `${application}/jobruns/1`, startedBy(`${executions}:run-1`)),
      request('states:DescribeExecution', `${executions}:run-1`),
      request('sqs:SendMessage', deadLetters),
    ],
    mayNot: [
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
      request('sns:Publish', arn('sns', 'clicklogger-dev-alerts')),
      request('sqs:SendMessage', deadLetters),
    ],
    mayNot: [
      request('emr-serverless:CancelJobRun', `${application}/jobruns/1`, startedBy(`${executions}:run-1`)),
      request('s3:GetObject', `${output}/2026/03/04/response.md`),
      request('s3:PutObject', `${logs}/applications/x`),
      request('sns:Publish', arn('sns', 'other')),
      request('sns:Subscribe', arn('sns', 'clicklogger-dev-alerts')),
    ],
  },
  studio: {
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
  },
};

it('has one role for each principal, and each stands in the matrix', () => {
  expect(Object.keys(policies).sort()).toEqual(Object.keys(matrix).sort());
});

describe.each(Object.entries(matrix))('the %s role', (name, { may, mayNot }) => {
  const policy = policies[name]!;

  it('lists actions that exist, on resources that they act on', async () => {
    expect(await findMisfits(policy)).toEqual([]);
  });

  it.each(may)('may $action on $resource', async (allowed) => {
    expect(await mayDo(policy, allowed)).toBe(true);
  });

  it.each(mayNot)('may not $action on $resource', async (denied) => {
    expect(await mayDo(policy, denied)).toBe(false);
  });
});

describe('the checks themselves', () => {
  const policy = (action: string, resource: string) => ({
    Version: '2012-10-17',
    Statement: [{ Sid: 'X', Effect: 'Allow' as const, Action: [action], Resource: [resource] }],
  });

  it.each([
    ['s3:GetObjct', `${output}/*`, 'does not exist'],
    ['s3:GetObject', output, 'does not act on'],
    ['s3:ListBucket', `${output}/*`, 'does not act on'],
    ['emr-serverless:StartJobRun', `${application}/jobruns/*`, 'does not act on'],
    ['s3:GetObject', '*', 'could name a resource'],
  ])('find %s on %s', async (action, resource, problem) => {
    expect(await findMisfits(policy(action, resource))).toEqual([expect.stringContaining(problem)]);
  });
});

it('refuses plain HTTP to every bucket, whoever asks', () => {
  for (const { policy } of resourcesOf(stack, 'aws_s3_bucket_policy')) {
    const [deny] = readPolicy(policy).Statement;
    expect(deny?.Resource).toHaveLength(2);
    expect(deny?.Condition).toEqual({ Bool: { 'aws:SecureTransport': 'false' } });
  }
});
