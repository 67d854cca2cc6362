import type { JobRun } from '@aws-sdk/client-emr-serverless';

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

type LoggedJobRun = Pick<JobRun, 'applicationId' | 'jobRunId' | 'configurationOverrides'>;

const DEFAULT_LOG_GROUP = '/aws/emr-serverless';

/**
 * The S3 folder of stdout.gz and stderr.gz of the driver, with a trailing slash; undefined without logs in S3.
 *
 * @param logUri overrides the log URI of the job run
 */
export function driverLogFolder(jobRun: LoggedJobRun, logUri: string | undefined): S3Location | undefined {
  const monitoring = jobRun.configurationOverrides?.monitoringConfiguration;
  return folderBelow(
    logUri ?? monitoring?.s3MonitoringConfiguration?.logUri,
    `${runPath(jobRun)}/SPARK_DRIVER/`,
  );
}

/** The S3 folder of the logs of a cluster, with a trailing slash; undefined without logs in S3. */
export function clusterLogFolder(logUri: string | undefined, clusterId: string): S3Location | undefined {
  return folderBelow(logUri, `${clusterId}/`);
}

/** A console link to the CloudWatch log streams of the run; `null` without logs in CloudWatch. */
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

/** The fragment of the console URL is encoded twice, and then has `$` for `%`. */
function consoleEncode(text: string): string {
  return encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
}
