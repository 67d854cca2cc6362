import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { ListClustersCommand } from '@aws-sdk/client-emr';
import {} from '@aws-sdk/client-emr-serverless';
import { SNS } from '@aws-sdk/client-sns';
import { s3aRegion } from '../../workflows/task-parts';
import { eventually } from '../support/eventually';
import { bucket, type LocalDeployment } from '../support/local-deployment';

/** A PySpark job that would run for an hour. */
const SLEEPING_JOB = 'import time\ntime.sleep(3600)\n';

const ROLE = 'arn:aws:iam::000000000000:role/clicklogger-dev-job-us-east-1';

function put({ s3 }: LocalDeployment, purpose: string, Key: string, Body: string): Promise<unknown> {
  return s3.putObject({ Bucket: bucket(purpose), Key, Body });
}

/** Starts a job run on the application; resolves while it runs. */
export async function startJob(local: LocalDeployment): Promise<void> {
  await put(local, 'loggregator-source', 'jobs/sleep.py', SLEEPING_JOB);
  const { applications = [] } = await local.emrServerless.listApplications({});
  const applicationId = applications.find(({ name }) => name!.startsWith('clicklogger-dev-'))!.id;
  const entryPoint = `s3://${bucket('loggregator-source')}/jobs/sleep.py`;
  const { jobRunId } = await local.emrServerless.startJobRun({
    applicationId,
    clientToken: 'unfinished-work',
    executionRoleArn: ROLE,
    jobDriver: { sparkSubmit: { entryPoint, sparkSubmitParameters: `--conf ${s3aRegion('us-east-1')}` } },
  });
  await eventually(async () => {
    const { jobRun } = await local.emrServerless.getJobRun({ applicationId, jobRunId });
    return jobRun!.state === 'RUNNING';
  });
}

/** An upload starts the covid pipeline, whose job does not end; its cluster is protected from termination. */
export async function startProtectedCluster(local: LocalDeployment): Promise<void> {
  const listed = await local.s3.listObjectsV2({ Bucket: bucket('covid-artifacts') });
  const script = listed.Contents!.find(({ Key }) => /covid-report[^/]*\.py$/.test(Key!))!;
  await put(local, 'covid-artifacts', script.Key!, SLEEPING_JOB);
  await put(local, 'covid-data', 'raw/any.csv', 'state,date,inpatient_beds\nTX,2020/08/26,1\n');
  const cluster = await eventually(async () => {
    const command = new ListClustersCommand({ ClusterStates: ['RUNNING', 'WAITING'] });
    return (await local.emr.send(command)).Clusters?.[0];
  });
  await local.emr.setTerminationProtection({ JobFlowIds: [cluster.Id!], TerminationProtected: true });
}

/** Creates what is in no Terraform state: an alarm with a name of ours, and a topic that has our tags only. */
export async function makeStrays(
  { env }: LocalDeployment,
  names: { readonly alarm: string; readonly topic: string },
): Promise<void> {
  const options = {
    endpoint: env.AWS_ENDPOINT_URL!,
    region: 'us-east-1',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! },
  };
  await new CloudWatch(options).putMetricAlarm({
    AlarmName: names.alarm,
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  const tags = { project: 'clicklogger', stage: 'dev', 'managed-by': 'cdktf' };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await new SNS(options).createTopic({ Name: names.topic, Tags });
}
