import type { Cluster, StepSummary } from '@aws-sdk/client-emr';
import { tailForReport } from '../spark-logs/failure-reason';
import { type S3Location, toUri } from '../spark-logs/log-locations';
import type { ComputeFacts } from '../notification/notice';
import type { ClusterCost } from './cluster-cost';
import { printedError, type StepLog } from '../spark-logs/step-log';

/**
 * A cluster as the message tells it.
 *
 * @param folder of the cluster's logs; undefined when it keeps none in S3
 */
export function factsOf(
  cluster: Cluster,
  step: StepSummary | undefined,
  { folder, log }: { readonly folder: S3Location | undefined; readonly log: StepLog | undefined },
  cost: ClusterCost,
): ComputeFacts {
  const lines = log?.lines ?? [];
  const notes = cost.notes.length > 0 ? ` (${cost.notes.join('; ')})` : '';
  const stepText =
    step === undefined
      ? ''
      : `, step ${step.Name ?? ''} ${step.Id ?? ''} (${step.Status?.State ?? 'unknown'})`;
  return {
    what: `cluster ${cluster.Id ?? ''} (${cluster.Status?.State ?? 'unknown'})${stepText}`,
    reason: reasonOf(cluster, step, lines),
    logs: folder === undefined ? null : toUri(log?.folder ?? folder),
    logLines: tailForReport(lines),
    logNote: log?.note ?? null,
    cost: cost.usd === null ? `not known${notes}` : `${cost.usd} USD${notes}`,
  };
}

function reasonOf(
  { Status: status }: Cluster,
  step: StepSummary | undefined,
  lines: readonly string[],
): string | null {
  const details = step?.Status?.FailureDetails;
  const { Code: code, Message: message } = status?.StateChangeReason ?? {};
  // That somebody has ended the cluster is what every run ends with.
  const clusterReason =
    code === 'USER_REQUEST' || code === undefined ? undefined : `${code}: ${message ?? ''}`;
  const stepReason = [details?.Reason, details?.Message].filter((part) => part !== undefined).join(' ');
  return printedError(lines) ?? (stepReason || (clusterReason ?? null));
}
