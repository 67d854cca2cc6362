import { rerunCommand } from '../config/rerun-command';
import type { Settings } from '../config/settings';
import type { DeadLetterQueue } from '../constructs/dead-letter-queue';
import { watchFunctions } from './alarm-rules';
import { CLUSTER_LOG_PREFIX } from './covid-permissions';
import type { WatchedPipeline } from './pipeline-stack';
import { endClusters, findClusters, readLogs } from './watch-permissions';

interface CovidToWatch {
  readonly artifacts: { readonly reaperZip: string; readonly notifierZip: string };
  readonly settings: Settings;
  readonly pipeline: string;
  readonly stateMachineArn: string;
  readonly deadLetters: DeadLetterQueue;
  /** ARN of every cluster of the account and region, with `*` for the id. */
  readonly clustersArn: string;
  readonly artifactsBucketArn: string;
}

/** How the covid pipeline is watched: its clusters are reaped and told of. */
export function watchedCovid(covid: CovidToWatch): WatchedPipeline {
  const { artifacts, pipeline, stateMachineArn, clustersArn } = covid;
  const reading = ['elasticmapreduce:ListInstances', 'elasticmapreduce:ListSteps'];
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
        ...findClusters(clustersArn, pipeline, reading),
        ...readLogs(covid.artifactsBucketArn, CLUSTER_LOG_PREFIX),
      ],
    },
    watches: ({ reaper, notifier }) => [watchFunctions([reaper, notifier])],
  };
}
