import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { SNS } from '@aws-sdk/client-sns';
import { eventually } from '../support/eventually';
import { bucket, type LocalDeployment, SLEEPING_JOB } from '../support/local-deployment';

function put({ s3 }: LocalDeployment, purpose: string, Key: string, Body: string): Promise<unknown> {
  return s3.putObject({ Bucket: bucket(purpose), Key, Body });
}

/** An upload starts the covid pipeline, whose job does not end; its cluster is protected from termination. */
export async function startProtectedCluster(local: LocalDeployment): Promise<void> {
  const listed = await local.s3.listObjectsV2({ Bucket: bucket('covid-artifacts') });
  const script = listed.Contents!.find(({ Key }) => /covid-report[^/]*\.py$/.test(Key!))!;
  await put(local, 'covid-artifacts', script.Key!, SLEEPING_JOB);
  await put(local, 'covid-data', 'raw/any.csv', 'state,date,inpatient_beds\nTX,2020/08/26,1\n');
  const cluster = await eventually(async () => {
    const { Clusters = [] } = await local.emr.listClusters({ ClusterStates: ['RUNNING', 'WAITING'] });
    return Clusters[0];
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
