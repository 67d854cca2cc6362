import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { TaskError } from '../cli/errors';
import { errorFacts, ignoreNotFound } from './aws-errors';
import { applicationIds } from './job-runs';
import type { Target } from './target';
import { waitFor } from './waiting';

/** Both services keep for so long after the end what their Spark UI shows: the guides of EMR and of EMR Serverless. */
const KEPT_MS = 30 * 86_400_000;

/** Validity of the address of a job run's UI: GetDashboardForJobRun, API reference. */
const VALID_MS = 3_600_000;

/** EMR starts a history server of its own for the cluster. How long that takes is not documented. */
const START_LIMIT_MS = 5 * 60_000;

/** A Spark UI that is open to everybody who has the address: it is shown, and written nowhere. */
export interface SparkUi {
  readonly url: string;
  /** How long the address is valid, and what it shows, in words. */
  readonly validity: string;
}

/**
 * Asks for the address of the Spark UI of a job run or of a cluster, by its id: the live UI, and after the end that of
 * Spark's history server.
 *
 * @throws TaskError when there is none (any more), or it may not be asked for
 */
export async function requestSparkUi(target: Target, id: string, now: Date): Promise<SparkUi> {
  if (target.kind === 'local')
    throw new TaskError(
      'The local AWS has no Spark UI. The page of a run shows what it did (npm run report), and its logs are in S3.',
    );
  try {
    return await (id.startsWith('j-') ? ofCluster(target, id, now) : ofJobRun(target, id, now));
  } catch (error) {
    if (!errorFacts(error).name.startsWith('AccessDenied')) throw error;
    throw new TaskError(
      `${String(error)}\nA Spark UI needs permissions of its own: docs/guides/when-a-run-failed.md lists them.`,
    );
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
    refuseOld(`The job run ${jobRunId}`, endedAt, now);
    if (endedAt !== undefined && logs?.managedPersistenceMonitoringConfiguration?.enabled === false)
      throw new TaskError(
        `EMR Serverless has no Spark UI of the job run ${jobRunId}: it has ended, and CUSTOMER_MANAGED_KEYS switches off the ` +
          `storage that the UI is read from. Its logs are in ${logs.s3MonitoringConfiguration?.logUri ?? 'S3'}.`,
      );
    const { url } = await client.getDashboardForJobRun(ids);
    if (url === undefined)
      throw new TaskError(
        `EMR Serverless gave no address for the job run ${jobRunId} (${String(jobRun.state)}).`,
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
  refuseOld(`The cluster ${ClusterId}`, endedAt, now);
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
  return { url, validity: `For how long it is valid EMR does not document. ${kept(endedAt)}` };
}

function refuseOld(what: string, endedAt: Date | undefined, now: Date): void {
  if (endedAt === undefined || now.getTime() - endedAt.getTime() < KEPT_MS) return;
  throw new TaskError(
    `${what} ended on ${day(endedAt)}: AWS keeps what its Spark UI shows for 30 days. Its logs in S3 are kept as ` +
      'LOG_RETENTION_DAYS says.',
  );
}

function kept(endedAt: Date | undefined): string {
  return endedAt === undefined
    ? 'The same command makes another one.'
    : `The same command makes another one until ${day(new Date(endedAt.getTime() + KEPT_MS))}.`;
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function notFound({ stage, description }: Target, what: string): TaskError {
  return new TaskError(
    `There is no ${what} in ${description}. npm run status -- --stage ${stage} lists the last ones.`,
  );
}
