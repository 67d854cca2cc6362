import type { Cluster, EMRClient, StepSummary } from '@aws-sdk/client-emr';
import type { S3Client } from '@aws-sdk/client-s3';
import type { EndedExecution } from '../execution-event';
import type { ComputeFacts } from '../notification/notice';
import { fetchDriverLog } from '../spark-logs/driver-log';
import { printedError, tailForReport } from '../spark-logs/failure-reason';
import { clusterLogFolder, type S3Location, toUri } from '../spark-logs/log-locations';
import { readStepLog, type StepLog } from '../spark-logs/step-log';
import { type ClusterCost, clusterCost } from './cluster-cost';
import { findCluster, findFailedStep, findInstances } from './find-cluster';

/** Timeout of one log; there are at most two. */
const LOG_MS = 10_000;

export interface ClusterPlace {
  readonly emr: EMRClient;
  readonly s3: S3Client;
  /** Prefix of the cluster names, e.g. `clicklogger-dev-covid`. */
  readonly pipeline: string;
  readonly region: string;
}

/** The cluster of an execution, with its failed step; undefined when there is no cluster. */
export async function findClusterFacts(
  place: ClusterPlace,
  { executionArn, startedAt }: Pick<EndedExecution, 'executionArn' | 'startedAt'>,
): Promise<ComputeFacts | undefined> {
  const cluster = await findCluster(place.emr, `${place.pipeline}-`, executionArn, startedAt);
  return cluster && describeCluster(place, cluster);
}

/** A cluster with its failed step, the end of the log of the step, and its cost. */
export async function describeCluster(
  { emr, s3, region }: Omit<ClusterPlace, 'pipeline'>,
  cluster: Cluster,
): Promise<ComputeFacts> {
  const id = String(cluster.Id);
  const step = await findFailedStep(emr, id);
  const folder = clusterLogFolder(cluster.LogUri, id);
  const log =
    step?.Id === undefined || folder === undefined
      ? undefined
      : await readStepLog(folder, step.Id, (place) => fetchDriverLog(s3, place, AbortSignal.timeout(LOG_MS)));
  const instances = await findInstances(emr, id);
  return clusterFacts(cluster, step, { folder, log }, clusterCost(instances, new Date(), region));
}

/**
 * A cluster for a notification.
 *
 * @param folder of the logs of the cluster; undefined without logs in S3
 */
export function clusterFacts(
  cluster: Cluster,
  step: StepSummary | undefined,
  { folder, log }: { readonly folder: S3Location | undefined; readonly log: StepLog | undefined },
  cost: ClusterCost,
): ComputeFacts {
  const id = String(cluster.Id);
  const lines = log?.lines ?? [];
  const stepText =
    step === undefined ? '' : `, step ${String(step.Name)} ${String(step.Id)} (${stateOf(step)})`;
  return {
    id,
    what: `cluster ${id} (${stateOf(cluster)})${stepText}`,
    reason: reasonOf(cluster, step, lines),
    logs: folder === undefined ? null : toUri(log?.folder ?? folder),
    logLines: tailForReport(lines),
    logNote: log?.note ?? null,
    cost: cost.usd === null ? 'not known' : `${cost.usd} USD`,
    costNotes: cost.notes,
  };
}

function stateOf({ Status: status }: Cluster | StepSummary): string {
  return status?.State ?? 'unknown';
}

/** Codes of an expected termination. */
const EXPECTED_ENDS: readonly string[] = ['USER_REQUEST', 'ALL_STEPS_COMPLETED', 'STEP_FAILURE'];

function reasonOf(cluster: Cluster, step: StepSummary | undefined, lines: readonly string[]): string | null {
  const { Reason: reason, Message: message } = step?.Status?.FailureDetails ?? {};
  const ofStep = [reason, message].filter((part) => part !== undefined).join(' ');
  const { Code: code, Message: detail = '' } = cluster.Status?.StateChangeReason ?? {};
  const isExpectedEnd = code === undefined || EXPECTED_ENDS.includes(code);
  const ofCluster = isExpectedEnd ? null : `${code}: ${detail}`;
  const ofLog = printedError(lines) ?? (ofStep === '' ? null : ofStep);
  // Otherwise the step ended with its cluster: a manual termination, a Spot interruption or a lost instance.
  if (step === undefined || (stateOf(step) === 'FAILED' && isExpectedEnd)) return ofLog ?? ofCluster;
  const end = `${stateOf(cluster)}, ${code ?? 'without a reason'}: ${detail}`;
  return `the cluster terminated during the step, which is ${stateOf(step)} (${end})${ofLog === null ? '' : `; ${ofLog}`}`;
}
