import { rerunCommand } from '../config/task-command';
import type { Settings } from '../config/settings';
import type { DeadLetterQueue } from '../constructs/dead-letter-queue';
import type { PolicyStatement } from '../constructs/support/policy-document';
import { monitorFunctions } from './alarm-rules';
import { CLUSTER_LOG_PREFIX } from './covid-permissions';
import type { PipelineMonitoring } from './pipeline-stack';
import { describeClusters, endClusters, findClusters, readLogs } from './monitoring-permissions';

interface CovidPipeline {
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

/** What is read of a cluster in addition to its description. */
const READING = ['elasticmapreduce:ListInstances', 'elasticmapreduce:ListSteps'];

/** To explain why a cluster whose id is known failed and what it cost. */
export function explainFailure(
  clustersArn: string,
  pipeline: string,
  logsBucketArn: string,
): PolicyStatement[] {
  return [describeClusters(clustersArn, pipeline, READING), ...readLogs(logsBucketArn, CLUSTER_LOG_PREFIX)];
}

/** Monitoring of the covid pipeline: reaper and notifier of its clusters. */
export function covidMonitoring(covid: CovidPipeline): PipelineMonitoring {
  const { artifacts, pipeline, stateMachineArn, clustersArn } = covid;
  return {
    pipeline,
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
    sections: ({ reaper, notifier }) => [monitorFunctions([reaper, notifier, covid.failureFunctionName])],
  };
}
