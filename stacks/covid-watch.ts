import { rerunCommand } from '../config/task-command';
import type { Settings } from '../config/settings';
import type { DeadLetterQueue } from '../constructs/dead-letter-queue';
import type { PolicyStatement } from '../constructs/support/policy-document';
import { watchFunctions } from './alarm-rules';
import { CLUSTER_LOG_PREFIX } from './covid-permissions';
import type { WatchedPipeline } from './pipeline-stack';
import { describeClusters, endClusters, findClusters, readLogs } from './watch-permissions';

interface CovidToWatch {
  readonly artifacts: { readonly reaperZip: string; readonly notifierZip: string };
  readonly settings: Settings;
  readonly pipeline: string;
  readonly stateMachineArn: string;
  readonly deadLetters: DeadLetterQueue;
  /** ARN of every cluster of the account and region, with `*` for the id. */
  readonly clustersArn: string;
  readonly artifactsBucketArn: string;
  readonly failureFunctionName: string;
}

/** What is read of a cluster besides its description. */
const READING = ['elasticmapreduce:ListInstances', 'elasticmapreduce:ListSteps'];

/** To say of a cluster whose id is known why it failed and what it cost. */
export function explainFailure(
  clustersArn: string,
  pipeline: string,
  logsBucketArn: string,
): PolicyStatement[] {
  return [describeClusters(clustersArn, pipeline, READING), ...readLogs(logsBucketArn, CLUSTER_LOG_PREFIX)];
}

/** How the covid pipeline is watched: its clusters are reaped and told of. */
export function watchedCovid(covid: CovidToWatch): WatchedPipeline {
  const { artifacts, pipeline, stateMachineArn, clustersArn } = covid;
  return {
    pipeline,
    namePrefix: 'covid-',
    stateMachineArn,
    deadLetters: covid.deadLetters,
    rerun: rerunCommand(covid.settings, 'covid'),
    reaper: {
      zipPath: artifacts.reaperZip,
      environment: { COMPUTE: 'clusters' },
      statements: [
        ...findClusters(clustersArn, pipeline),
        endClusters(clustersArn, pipeline, stateMachineArn),
      ],
    },
    notifier: {
      zipPath: artifacts.notifierZip,
      environment: {},
      statements: [
        ...findClusters(clustersArn, pipeline, READING),
        ...readLogs(covid.artifactsBucketArn, CLUSTER_LOG_PREFIX),
      ],
    },
    watches: ({ reaper, notifier }) => [watchFunctions([reaper, notifier, covid.failureFunctionName])],
  };
}
