import type { JobRun } from '@aws-sdk/client-emr-serverless';

/** A place in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** The part of a job run that its log locations follow from. */
type LoggedJobRun = Pick<JobRun, 'applicationId' | 'jobRunId' | 'configurationOverrides'>;

/** Where EMR Serverless puts logs when a job run switches CloudWatch on and names no group. */
const DEFAULT_LOG_GROUP = '/aws/emr-serverless';

/**
 * The S3 folder of the driver's stdout.gz and stderr.gz, ending with a slash; undefined when the run keeps no logs in S3.
 *
 * @param logUri the caller's; the job run's own when undefined
 */
export function driverLogFolder(jobRun: LoggedJobRun, logUri: string | undefined): S3Location | undefined {
  const monitoring = jobRun.configurationOverrides?.monitoringConfiguration;
  return folderBelow(
    logUri ?? monitoring?.s3MonitoringConfiguration?.logUri,
    `${runPath(jobRun)}/SPARK_DRIVER/`,
  );
}

/** The S3 folder of a cluster's logs, ending with a slash; undefined when it keeps none in S3. */
export function clusterLogFolder(logUri: string | undefined, clusterId: string): S3Location | undefined {
  return folderBelow(logUri, `${clusterId}/`);
}

/** A console link to the run's CloudWatch log streams; `null` when the run sends none there. */
export function cloudWatchLink(jobRun: LoggedJobRun, region: string): string | null {
  const logging = jobRun.configurationOverrides?.monitoringConfiguration?.cloudWatchLoggingConfiguration;
  if (logging?.enabled !== true) return null;
  const group = logging.logGroupName ?? DEFAULT_LOG_GROUP;
  const prefix = logging.logStreamNamePrefix === undefined ? '' : `${logging.logStreamNamePrefix}/`;
  return (
    `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/` +
    `${consoleEncode(group)}$3FlogStreamNameFilter$3D${consoleEncode(prefix + runPath(jobRun))}`
  );
}

/** `s3://bucket/key` */
export function toUri({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}

function folderBelow(uri: string | undefined, path: string): S3Location | undefined {
  if (uri === undefined) return undefined;
  const [, bucket, prefix = ''] = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (bucket === undefined) return undefined;
  return { bucket, key: (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`) + path };
}

function runPath({ applicationId, jobRunId }: LoggedJobRun): string {
  return `applications/${String(applicationId)}/jobs/${String(jobRunId)}`;
}

/** The console's fragment is encoded twice, with `$` for `%` the second time. */
function consoleEncode(text: string): string {
  return encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
}
