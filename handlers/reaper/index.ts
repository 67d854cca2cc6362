import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { EMRClient } from '@aws-sdk/client-emr';
import { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { createClient } from '../shared/aws-clients';
import { embeddedMetrics, emit } from '../shared/embedded-metrics';
import { choiceVariable, requiredVariable } from '../shared/environment';
import { isScheduled, parseExecutionEvent } from '../shared/execution-event';
import { Clusters } from './clusters';
import type { Compute, LiveCompute } from './compute';
import { JobRuns } from './job-runs';
import { isRunning } from './ownership';
import { reap, type Reaping, type ReapPorts } from './reap';

/**
 * A stopped execution may have a call in progress: its timeout in the workflows is 60 seconds, and the lists of the service show
 * the result with a delay.
 */
const LATE_ARRIVAL_MS = 75_000;
const HOUR_MS = 3_600_000;

const logger = new Logger({ serviceName: 'reaper' });
const stepFunctions = createClient(SFNClient, {});
const pipeline = requiredVariable('PIPELINE');
const namespace = requiredVariable('METRIC_NAMESPACE');
const executions = requiredVariable('EXECUTIONS');
const compute = createCompute();

/**
 * Ends the compute of an execution that ended, or, on schedule, of all executions that are not running.
 *
 * @param event "Step Functions Execution Status Change" or "Scheduled Event" of EventBridge
 * @throws ReapError when compute is still running, so that Lambda retries; InvalidEventError for any other event
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const isOurs = ({ executionArn }: LiveCompute): boolean => executionArn?.startsWith(executions) ?? false;
  if (isScheduled(event)) {
    const reaping = await reap(isOurs, 0, portsOf(context));
    report(reaping);
    measure(reaping);
    return;
  }
  const { executionArn, status, stoppedAt } = parseExecutionEvent(event);
  const reaping = await reap(
    (live) => isOurs(live) && live.executionArn === executionArn,
    stoppedAt.getTime() + LATE_ARRIVAL_MS,
    portsOf(context),
  );
  report(reaping, { executionArn, status });
}

function createCompute(): Compute {
  return choiceVariable('COMPUTE', ['job-runs', 'clusters']) === 'clusters'
    ? new Clusters(createClient(EMRClient, {}), pipeline)
    : new JobRuns(createClient(EMRServerlessClient, {}), requiredVariable('APPLICATION_ID'));
}

function portsOf(context: Context): ReapPorts {
  return {
    compute,
    isRunning: (executionArn) => isRunning(stepFunctions, executionArn),
    now: Date.now,
    sleep,
    timeLeftMs: () => context.getRemainingTimeInMillis(),
    onProblem: (problem) => {
      logger.warn(problem);
    },
  };
}

function report({ ended, attempts, live }: Reaping, about: object = {}): void {
  const details = { ...about, attempts, live: live.length, ended };
  if (ended.length > 0) logger.warn('ended orphaned compute', details);
  else logger.info('no orphaned compute', details);
}

/** Metrics of alarms: the age of the oldest compute, and the number of orphans that the sweep ended. */
function measure({ ended, live }: Reaping): void {
  const ages = live.map(({ createdAt }) => (Date.now() - createdAt.getTime()) / HOUR_MS);
  const metrics = {
    LiveCompute: { value: live.length, unit: 'Count' },
    OldestComputeHours: { value: Math.max(0, ...ages), unit: 'None' },
    OrphansEnded: { value: ended.length, unit: 'Count' },
  } as const;
  emit(embeddedMetrics(namespace, { Pipeline: pipeline }, metrics, Date.now()));
}
