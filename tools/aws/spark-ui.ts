import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { TaskError } from '../cli/errors';
import { errorFacts, ignoreNotFound } from './aws-errors';
import { applicationIds } from './job-runs';
import type { Target } from './target';
import { waitFor } from './waiting';

/** Retention of Spark UI data after the end, from the guides of EMR and EMR Serverless. */
const KEPT_MS = 30 * 86_400_000;

/** Validity of a URL of GetDashboardForJobRun. */
const VALID_MS = 3_600_000;

/** EMR starts a history server for the cluster. Its start time is not documented. */
const START_LIMIT_MS = 5 * 60_000;

/** A presigned URL: it grants access to everyone who has it, and is not stored. */
interface SparkUi {
  readonly url: string;
  readonly validity: string;
}

/**
 * Requests a URL of the Spark UI of a job run or cluster: the live UI, or the Spark history server after the end.
 *
 * @throws TaskError when the UI is not available, or access is denied
 */
export async function requestSparkUi(target: Target, id: string, now: Date): Promise<SparkUi> {
  if (target.kind === 'local')
    throw new TaskError(
      'The local AWS has no Spark UI. Use the page of the run (npm run report), or its logs in S3.',
    );
  try {
    return await (id.startsWith('j-') ? ofCluster(target, id, now) : ofJobRun(target, id, now));
  } catch (error) {
    if (!errorFacts(error).name.startsWith('AccessDenied')) throw error;
    throw new TaskError(`${String(error)}\ndocs/guides/when-a-run-failed.md lists the required permissions.`);
  }
}

async function ofJobRun(target: Target, jobRunId: string, now: Date): Promise<SparkUi> {
  const client = target.client(EMRServerless);
  for (const applicationId of await applicationIds(target)) {
    const ids = { applicationId, jobRunId };
    const call = client.getJobRun(ids);
    const jobRun = (await ignoreNotFound(call, 'ResourceNotFoundException', 'ValidationException'))?.jobRun;
    if (jobRun === undefined) continue;
    const { endedAt, configurationOverrides: { monitoringConfiguration: logs } = {} } = jobRun;
    requireRetained(`The job run ${jobRunId}`, endedAt, now);
    if (endedAt !== undefined && logs?.managedPersistenceMonitoringConfiguration?.enabled === false)
      throw new TaskError(
        `EMR Serverless has no Spark UI for the completed job run ${jobRunId}: CUSTOMER_MANAGED_KEYS disables its storage. ` +
          `The logs are in ${logs.s3MonitoringConfiguration?.logUri ?? 'S3'}.`,
      );
    const { url } = await client.getDashboardForJobRun(ids);
    if (url === undefined)
      throw new TaskError(
        `EMR Serverless returned no URL for the job run ${jobRunId} (${String(jobRun.state)}).`,
      );
    const until = new Date(now.getTime() + VALID_MS).toISOString().slice(0, 16).replace('T', ' ');
    return { url, validity: `Valid for one hour, until ${until} UTC. ${kept(endedAt)}` };
  }
  throw notFound(target, `job run ${jobRunId}`);
}

async function ofCluster(target: Target, ClusterId: string, now: Date): Promise<SparkUi> {
  const emr = target.client(EMR);
  const call = emr.describeCluster({ ClusterId });
  const cluster = (await ignoreNotFound(call, 'InvalidRequestException'))?.Cluster;
  if (cluster === undefined) throw notFound(target, `cluster ${ClusterId}`);
  const endedAt = cluster.Status?.Timeline?.EndDateTime;
  requireRetained(`The cluster ${ClusterId}`, endedAt, now);
  const { PersistentAppUIId } = await emr.createPersistentAppUI({
    TargetResourceArn: cluster.ClusterArn,
    ProfilerType: 'SHS',
  });
  const get = async (): Promise<string | undefined> =>
    (await emr.getPersistentAppUIPresignedURL({ PersistentAppUIId, PersistentAppUIType: 'SHS' }))
      .PresignedURL;
  const url = await waitFor(target, `The Spark UI of the cluster ${ClusterId}`, get, {
    limitMs: START_LIMIT_MS,
  });
  return { url, validity: `EMR does not document the validity of the URL. ${kept(endedAt)}` };
}

function requireRetained(what: string, endedAt: Date | undefined, now: Date): void {
  if (endedAt === undefined || now.getTime() - endedAt.getTime() < KEPT_MS) return;
  throw new TaskError(
    `${what} ended on ${day(endedAt)}. AWS keeps the data of a Spark UI for 30 days. The logs in S3 are kept for ` +
      'LOG_RETENTION_DAYS.',
  );
}

function kept(endedAt: Date | undefined): string {
  return endedAt === undefined
    ? 'The same command creates a new URL.'
    : `The same command creates a new URL until ${day(new Date(endedAt.getTime() + KEPT_MS))}.`;
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function notFound({ stage, description }: Target, what: string): TaskError {
  return new TaskError(
    `The ${what} does not exist in ${description}. npm run status -- --stage ${stage} lists recent ones.`,
  );
}
