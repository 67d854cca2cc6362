import { rerunCommand } from '../config/task-command';
import type { Settings } from '../config/settings';
import type { DeadLetterQueue } from '../constructs/dead-letter-queue';
import { monitorFunctions, monitorIngestion, monitorStream } from './alarm-rules';
import { JOB_LOG_PREFIX } from './clicklogger-permissions';
import type { PipelineMonitoring } from './pipeline-stack';
import { cancelJobRuns, findJobRuns, readLogs } from './monitoring-permissions';

interface ClickPipeline {
  readonly artifacts: { readonly reaperZip: string; readonly notifierZip: string };
  readonly settings: Settings;
  readonly pipeline: string;
  readonly metricNamespace: string;
  readonly stateMachineArn: string;
  readonly deadLetters: DeadLetterQueue;
  readonly application: { readonly applicationId: string; readonly arn: string };
  readonly logsBucketArn: string;
  readonly streamName: string;
  readonly functionNames: { readonly ingestion: string; readonly jobStatus: string };
}

/** Monitoring of the click pipeline: reaper and notifier of its job runs, alarms of its ingestion and its stream. */
export function clickMonitoring(clicks: ClickPipeline): PipelineMonitoring {
  const { artifacts, settings, pipeline, metricNamespace, stateMachineArn, application } = clicks;
  const { ingestion, jobStatus } = clicks.functionNames;
  const compute = findJobRuns(application.arn);
  return {
    pipeline,
    stateMachineArn,
    deadLetters: clicks.deadLetters,
    rerun: rerunCommand(settings, 'clicklogger'),
    reaper: {
      zipPath: artifacts.reaperZip,
      environment: { COMPUTE: 'job-runs', APPLICATION_ID: application.applicationId },
      statements: [...compute, cancelJobRuns(application.arn, stateMachineArn)],
    },
    notifier: {
      zipPath: artifacts.notifierZip,
      environment: { APPLICATION_ID: application.applicationId, ARCHITECTURE: settings.emr.architecture },
      statements: [...compute, ...readLogs(clicks.logsBucketArn, JOB_LOG_PREFIX)],
    },
    sections: ({ reaper, notifier }) => [
      monitorIngestion(ingestion, metricNamespace, pipeline),
      monitorStream(clicks.streamName, settings.firehose.bufferSeconds, settings.monitoring.noDataHours),
      monitorFunctions([ingestion, jobStatus, reaper, notifier]),
    ],
  };
}
