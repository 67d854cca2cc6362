import { clusterArguments, type ClusterParams } from './cluster-arguments';
import { IS_THROTTLED, MAY_TRY_AGAIN, ONE_MORE_THROTTLE, POLL_MINUTES } from './emr-calls';
import { listingStates } from './paged-listing';
import type { ReleaseRule, Retrier, State } from './states-language';
import { catchEverything, query, rememberFailure } from './task-parts';

/** Longest time that EMR may take to end a cluster, in minutes. */
const TERMINATE_MINUTES = 30;

/** Ending a cluster twice does no harm: everything is retried, for about 13 minutes apart from a second time-out. */
const TERMINATE_RETRY: Retrier[] = [
  { ErrorEquals: ['States.Timeout'], IntervalSeconds: 5, MaxAttempts: 1, BackoffRate: 1 },
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 10, BackoffRate: 2, MaxDelaySeconds: 120 },
];

/** Longest time in TerminateCluster, in minutes: two time-outs, and the other retries. */
export const TERMINATION_MINUTES = 2 * TERMINATE_MINUTES + 15;

/** States that a cluster of ours has while it costs money. */
const LIVE_STATES = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING'];

/** Seconds between a failed creation and the search for what it left, which EMR's list shows somewhat later. */
const FIND_SECONDS = 60;

/** How the compute that the workflow starts comes to its end. */
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
 * RunJobFlow has no client token. An error of CreateCluster, throttling too, may come from asking for the state of a cluster
 * that has been created: after each one the clusters are searched for the name of this execution, and only when there is none,
 * and throttling was the reason, another is created.
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
      // Giving up here could leave a cluster: it is asked for again until the execution itself times out.
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
          Condition: MAY_TRY_AGAIN,
          Assign: { failure: query('null'), throttles: ONE_MORE_THROTTLE },
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
