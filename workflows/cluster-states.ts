import { clusterArguments, type ClusterParams } from './cluster-arguments';
import { IS_THROTTLED, MAY_RETRY, NEXT_THROTTLES, POLL_MINUTES } from './emr-calls';
import { listingStates } from './paged-listing';
import type { ReleaseRule, Retrier, State } from './states-language';
import { catchEverything, query, rememberFailure } from './task-parts';

const TERMINATE_MINUTES = 30;

/** Termination is idempotent: all errors are retried for about 13 minutes, and a timeout once. */
const TERMINATE_RETRY: Retrier[] = [
  { ErrorEquals: ['States.Timeout'], IntervalSeconds: 5, MaxAttempts: 1, BackoffRate: 1 },
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 10, BackoffRate: 2, MaxDelaySeconds: 120 },
];

/** Maximum duration of TerminateCluster, in minutes: two timeouts and the other retries. */
export const TERMINATION_MINUTES = 2 * TERMINATE_MINUTES + 15;

/** States in which a cluster is billed. */
const LIVE_STATES = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING'];

/** Seconds between a failed creation and the search for the cluster; ListClusters shows a new cluster with a delay. */
const FIND_SECONDS = 60;

/** How the workflow releases its compute. */
export const CLUSTER_RELEASE: ReleaseRule = {
  compute: 'EMR cluster',
  acquiredBy: 'CreateCluster',
  acquiredOnFailure: true,
  releasedBy: ['TerminateCluster'],
  finishedBy: [
    { state: 'CheckCluster', next: 'FailRun' },
    { state: 'CheckCluster', next: 'CreateCluster' },
  ],
};

/**
 * `CreateCluster`, to `next`, and `TerminateCluster`, to `CheckOutcome`.
 *
 * RunJobFlow has no client token. An error of CreateCluster, such as throttling, can also come from polling a cluster that was
 * created. After each error the workflow searches for a cluster with the name of this execution. It creates another cluster only
 * when there is none and the error was throttling.
 */
export function clusterStates(
  { cluster, startMinutes }: { readonly cluster: ClusterParams; readonly startMinutes: number },
  next: string,
): Record<string, State> {
  const name = `'${cluster.namePrefix}' & $states.context.Execution.Name`;
  return {
    CreateCluster: {
      Type: 'Task',
      Resource: 'arn:aws:states:::elasticmapreduce:createCluster.sync',
      Arguments: clusterArguments(cluster, query(name)),
      TimeoutSeconds: (startMinutes + POLL_MINUTES) * 60,
      Catch: catchEverything({
        Assign: { ...rememberFailure('Creating the cluster failed'), throttled: IS_THROTTLED },
        Next: 'WaitToFind',
      }),
      Assign: { clusterId: query('$states.result.ClusterId') },
      Next: next,
    },
    WaitToFind: { Type: 'Wait', Seconds: FIND_SECONDS, Next: 'FindCluster' },
    ...listingStates(['FindCluster', 'FindMoreClusters'], {
      Comment:
        'A start that failed or took too long may have left a cluster; its name is that of this execution',
      Resource: 'arn:aws:states:::aws-sdk:emr:listClusters',
      Arguments: { ClusterStates: LIVE_STATES, CreatedAfter: query('$states.context.Execution.StartTime') },
      token: { result: 'Marker', argument: 'Marker' },
      // A failure here could leave a cluster running, so the search repeats until the execution times out.
      Catch: catchEverything({ Next: 'WaitToFind' }),
      Assign: {
        clusterId: query(
          `( $left := $states.result.Clusters[Name = ${name}]; $exists($left) ? $left[0].Id : '' )`,
        ),
      },
      Next: 'CheckCluster',
    }),
    CheckCluster: {
      Type: 'Choice',
      Choices: [
        { Condition: query("$clusterId != ''"), Next: 'TerminateCluster' },
        { Condition: query("$nextPage != ''"), Next: 'FindMoreClusters' },
        {
          Condition: MAY_RETRY,
          Assign: { failure: query('null'), throttles: NEXT_THROTTLES },
          Next: 'CreateCluster',
        },
      ],
      Default: 'FailRun',
    },
    TerminateCluster: terminateState(),
  };
}

function terminateState(): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::elasticmapreduce:terminateCluster.sync',
    Arguments: { ClusterId: query('$clusterId') },
    TimeoutSeconds: TERMINATE_MINUTES * 60,
    Retry: TERMINATE_RETRY,
    Catch: catchEverything({
      Assign: {
        failure: {
          error: query("$failure = null ? 'ClusterNotTerminated' : $failure.error"),
          cause: query(
            "($failure = null ? '' : $failure.cause & '\\n') & 'Cluster ' & $clusterId & ' may still be running: ' & " +
              '$states.errorOutput.Error & ' +
              "($states.errorOutput.Cause != '' ? ': ' & $states.errorOutput.Cause : '')",
          ),
        },
      },
      Next: 'FailRun',
    }),
    Next: 'CheckOutcome',
  };
}
