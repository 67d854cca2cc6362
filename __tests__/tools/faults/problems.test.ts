import type { Fault } from '../../../tools/faults/cells';
import type { Plan } from '../../../tools/faults/orders';
import { type Observed, problemsOf } from '../../../tools/faults/problems';

const SUCCEEDED = { status: 'SUCCEEDED', output: '{"status":"SUCCEEDED"}' } as const;
const failure = { resourceType: 'lambda', resource: 'invoke', cause: 'fault: refused' };
const ENDED = { what: 'cluster j-1 (TERMINATED)', state: 'TERMINATED', hasEnded: true, reason: '' };

const entered = (name: string) => ({
  timestamp: undefined,
  type: 'TaskStateEntered' as const,
  id: 1,
  stateEnteredEventDetails: { name },
});

function observed(
  fault: Fault,
  kind: Plan['orders'][string][number]['kind'],
  end: Observed['end'],
): Observed {
  return {
    cell: { pipeline: 'covid', state: 'Ask', fault },
    plan: { input: {}, orders: { Ask: [{ kind, times: 1 }] }, jobSeconds: 1, blocked: false },
    end,
    events: [
      entered('Ask'),
      { timestamp: undefined, type: 'TaskTimedOut', id: 2 },
      { timestamp: undefined, type: 'TaskFailed', id: 3, taskFailedEventDetails: failure },
      entered('TerminateCluster'),
    ],
    compute: [ENDED],
  };
}

const failedCall = observed('fails', 'refuse', {
  status: 'FAILED',
  error: 'A',
  cause: 'Asking: fault: refused',
});
const throttled = observed('is throttled', 'throttle', SUCCEEDED);

test.each<[string, Observed]>([
  ['a failure that shows the fault', failedCall],
  [
    'a timeout with its error name',
    observed('times out', 'time-out', { status: 'FAILED', error: 'States.Timeout' }),
  ],
  ['throttling with a successful retry', throttled],
  ['a stopped execution', observed('execution stopped', 'stop', { status: 'ABORTED', cause: 'fault: x' })],
])('%s is not a problem.', (_, seen) => {
  expect(problemsOf(seen)).toEqual([]);
});

const failed = { status: 'FAILED', error: 'A', cause: 'fault: Rate exceeded' } as const;

test.each<[string, Observed, string]>([
  ['running compute', { ...failedCall, compute: [{ ...ENDED, hasEnded: false }] }, 'left: cluster j-1'],
  [
    'a cluster that only EMR terminated',
    { ...failedCall, compute: [{ ...ENDED, reason: 'Auto-terminated: idle' }] },
    'only EMR',
  ],
  ['a second cluster', { ...failedCall, compute: [ENDED, ENDED] }, 'started cluster j-1'],
  [
    'a missing cause',
    { ...failedCall, end: { status: 'FAILED', error: 'A', cause: '' } },
    'does not show the cause',
  ],
  [
    'the timeout of the state machine',
    { ...failedCall, end: { status: 'TIMED_OUT' } },
    'an end without a cause',
  ],
  [
    'a fault that is treated as no data',
    { ...failedCall, end: { status: 'SUCCEEDED', output: '{"status":"NOTHING_TO_DO"}' } },
    'treated the fault',
  ],
  ['throttling that fails an execution', { ...throttled, end: failed }, 'throttling ended it'],
  [
    'a stop that failed',
    { ...failedCall, cell: { ...failedCall.cell, fault: 'execution stopped' } },
    'it was not stopped',
  ],
  [
    'a cluster that the workflow does not terminate',
    { ...failedCall, events: failedCall.events.slice(0, 3) },
    'did not end it: cluster',
  ],
  [
    'a state that was not entered',
    { ...failedCall, events: failedCall.events.slice(3) },
    'did not enter the state',
  ],
  [
    'a fault that did not happen',
    { ...failedCall, events: [entered('Ask'), entered('TerminateCluster')] },
    'the fault did not happen',
  ],
])('%s is a problem.', (_, seen, problem) => {
  expect(problemsOf(seen)).toEqual([expect.stringContaining(problem)]);
});
