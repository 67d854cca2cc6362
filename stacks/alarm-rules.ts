import type { Graph } from '../constructs/dashboard';
import type { AlarmRule, Metric } from '../constructs/metric-alarm';

/** Alarms by name without prefix, stage and pipeline, and graphs. */
export interface Monitoring {
  readonly alarms: Readonly<Record<string, AlarmRule>>;
  readonly graphs: readonly Graph[];
}

const FIVE_MINUTES = 300;
const HOUR = 3600;

function metrics(
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
): (name: string, statistic?: Metric['statistic']) => Metric {
  return (name, statistic = 'Sum') => ({ namespace, name, dimensions, statistic });
}

/** Failures, timeouts and durations of executions. */
export function monitorExecutions(stateMachineArn: string): Monitoring {
  const metric = metrics('AWS/States', { StateMachineArn: stateMachineArn });
  return {
    alarms: {
      'execution-failed': {
        metric: metric('ExecutionsFailed'),
        description: 'An execution failed. The message about it says why and how to run it again.',
        periodSeconds: FIVE_MINUTES,
        above: 0,
      },
      'execution-timed-out': {
        metric: metric('ExecutionsTimedOut'),
        description:
          'The state machine’s own time limit ended an execution, which its own limits should have done.',
        periodSeconds: FIVE_MINUTES,
        above: 0,
      },
    },
    graphs: [
      {
        title: 'Executions',
        metrics: ['Started', 'Succeeded', 'Failed', 'TimedOut', 'Aborted'].map((end) =>
          metric(`Executions${end}`),
        ),
      },
      { title: 'Duration of executions (ms)', metrics: [metric('ExecutionTime', 'Maximum')] },
    ],
  };
}

/** Running job runs or clusters, from the metrics of the reaper. */
export function monitorCompute(namespace: string, pipeline: string, maxHours: number): Monitoring {
  const metric = metrics(namespace, { Pipeline: pipeline });
  return {
    alarms: {
      'compute-too-old': {
        metric: metric('OldestComputeHours', 'Maximum'),
        description: `A job run or cluster is older than ${maxHours} hours. npm run reap -- --dry-run lists what no execution owns.`,
        periodSeconds: HOUR,
        above: maxHours,
      },
      'compute-orphaned': {
        metric: metric('OrphansEnded'),
        description:
          'The reaper’s sweep has ended a job run or cluster that no running execution owned: the event of its end was lost.',
        periodSeconds: HOUR,
        above: 0,
      },
    },
    graphs: [
      { title: 'Job runs and clusters', metrics: [metric('LiveCompute', 'Maximum'), metric('OrphansEnded')] },
      { title: 'Age of the oldest (hours)', metrics: [metric('OldestComputeHours', 'Maximum')] },
    ],
  };
}

/** Undelivered events and failed invocations. */
export function monitorDeadLetters(queueName: string): Monitoring {
  const metric = metrics('AWS/SQS', { QueueName: queueName })(
    'ApproximateNumberOfMessagesVisible',
    'Maximum',
  );
  return {
    alarms: {
      'dead-letters': {
        metric,
        description: `An event could not be handed over, or its function failed three times. See the messages of ${queueName}.`,
        periodSeconds: FIVE_MINUTES,
        above: 0,
      },
    },
    graphs: [{ title: 'Dead letters', metrics: [metric] }],
  };
}

export function monitorFunctions(functionNames: readonly string[]): Monitoring {
  return {
    alarms: {},
    graphs: ['Invocations', 'Errors', 'Throttles'].map((name) => ({
      title: `Functions: ${name.toLowerCase()}`,
      metrics: functionNames.map((FunctionName) => metrics('AWS/Lambda', { FunctionName })(name)),
    })),
  };
}

/** The ingestion function and its own metrics. */
export function monitorIngestion(functionName: string, namespace: string, pipeline: string): Monitoring {
  const ofFunction = metrics('AWS/Lambda', { FunctionName: functionName });
  const ofClicks = metrics(namespace, { Pipeline: pipeline });
  return {
    alarms: {
      'ingestion-errors': {
        metric: ofFunction('Errors'),
        description: `Clicks may be lost: an invocation of ${functionName} failed. See its log.`,
        periodSeconds: FIVE_MINUTES,
        above: 0,
      },
      'ingestion-throttles': {
        metric: ofFunction('Throttles'),
        description: `Clicks may be lost: invocations of ${functionName} were refused for lack of concurrency.`,
        periodSeconds: FIVE_MINUTES,
        above: 0,
      },
    },
    graphs: [
      {
        title: 'Clicks',
        metrics: ['Accepted', 'Rejected', 'Undelivered'].map((end) => ofClicks(`Clicks${end}`)),
      },
      {
        title: 'Ingestion: records and retries',
        metrics: [ofClicks('RecordsPacked'), ofClicks('DeliveryRetries')],
      },
    ],
  };
}

/**
 * A Firehose stream with format conversion.
 *
 * @param noDataHours hours without a record that trigger an alarm; no alarm when 0
 */
export function monitorStream(
  DeliveryStreamName: string,
  bufferSeconds: number,
  noDataHours: number,
): Monitoring {
  const metric = metrics('AWS/Firehose', { DeliveryStreamName });
  const noData: AlarmRule = {
    metric: metric('IncomingRecords'),
    description: `No click has arrived for ${noDataHours} hours after there were some. NO_DATA_HOURS=0 switches this off where that is normal.`,
    periodSeconds: HOUR,
    periods: noDataHours,
    below: 1,
    // Firehose sends no metric without records, which is normal before the first click.
    missing: 'missing',
  };
  return {
    alarms: {
      'firehose-freshness': {
        metric: metric('DeliveryToS3.DataFreshness', 'Maximum'),
        description: 'Firehose holds clicks for much longer than its buffer asks for. See its error log.',
        periodSeconds: FIVE_MINUTES,
        periods: 3,
        above: bufferSeconds + 2 * FIVE_MINUTES,
      },
      'format-conversion-failed': {
        metric: metric('FailedConversion.Records'),
        description:
          'Firehose could not convert records to Parquet; they are below errors/ of the delivery bucket.',
        periodSeconds: FIVE_MINUTES,
        above: 0,
      },
      ...(noDataHours > 0 && { 'no-data': noData }),
    },
    graphs: [
      { title: 'Firehose: records', metrics: [metric('IncomingRecords'), metric('DeliveryToS3.Records')] },
      {
        title: 'Firehose: age of the oldest record (s)',
        metrics: [metric('DeliveryToS3.DataFreshness', 'Maximum')],
      },
      {
        title: 'Firehose: conversion',
        metrics: [metric('SucceedConversion.Records'), metric('FailedConversion.Records')],
      },
    ],
  };
}
