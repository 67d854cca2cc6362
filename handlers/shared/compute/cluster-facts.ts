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

/** For one log; there are two at most. */
const LOG_MS = 10_000;

/** Where an execution's cluster is looked for. */
export interface ClusterPlace {
  readonly emr: EMRClient;
  readonly s3: S3Client;
  /** E.g. `clicklogger-dev-covid`, which the names of its clusters begin with. */
  readonly pipeline: string;
  readonly region: string;
}

/** The cluster of an execution, with its failed step; undefined when it has started none. */
export async function findClusterFacts(
  place: ClusterPlace,
  { executionArn, startedAt }: Pick<EndedExecution, 'executionArn' | 'startedAt'>,
): Promise<ComputeFacts | undefined> {
  const cluster = await findCluster(place.emr, `${place.pipeline}-`, executionArn, startedAt);
  return cluster && describeCluster(place, cluster);
}

/** A cluster with its failed step, the end of that step's log, and what it has cost. */
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
 * A cluster as the message describes it.
 *
 * @param folder of the cluster's logs; undefined when it keeps none in S3
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

/** How the workflow, or the end of all steps, ends a cluster. */
const ORDINARY_ENDS: readonly string[] = ['USER_REQUEST', 'ALL_STEPS_COMPLETED', 'STEP_FAILURE'];

function reasonOf(cluster: Cluster, step: StepSummary | undefined, lines: readonly string[]): string | null {
  const { Reason: reason, Message: message } = step?.Status?.FailureDetails ?? {};
  const ofStep = [reason, message].filter((part) => part !== undefined).join(' ');
  const { Code: code, Message: detail = '' } = cluster.Status?.StateChangeReason ?? {};
  const isOrdinaryEnd = code === undefined || ORDINARY_ENDS.includes(code);
  const ofCluster = isOrdinaryEnd ? null : `${code}: ${detail}`;
  const ofLog = printedError(lines) ?? (ofStep === '' ? null : ofStep);
  // A step that did not fail by itself was ended with its cluster: by hand, by Spot, by a lost instance.
  if (step === undefined || (stateOf(step) === 'FAILED' && isOrdinaryEnd)) return ofLog ?? ofCluster;
  const end = `${stateOf(cluster)}, ${code ?? 'without a reason'}: ${detail}`;
  return `the cluster ended under the step, which is ${stateOf(step)} (${end})${ofLog === null ? '' : `; ${ofLog}`}`;
}
