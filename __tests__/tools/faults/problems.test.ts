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

const refused = observed('fails', 'refuse', {
  status: 'FAILED',
  error: 'A',
  cause: 'Asking: fault: refused',
});
const throttled = observed('is throttled', 'throttle', SUCCEEDED);

test.each<[string, Observed]>([
  ['a failure that shows the fault', refused],
  [
    'a time-out by its name',
    observed('times out', 'time-out', { status: 'FAILED', error: 'States.Timeout' }),
  ],
  ['throttling that was got over', throttled],
  ['a stopped execution', observed('execution stopped', 'stop', { status: 'ABORTED', cause: 'fault: x' })],
])('Nothing is wrong with %s.', (_, seen) => {
  expect(problemsOf(seen)).toEqual([]);
});

const failed = { status: 'FAILED', error: 'A', cause: 'fault: Rate exceeded' } as const;

test.each<[string, Observed, string]>([
  ['compute that is left', { ...refused, compute: [{ ...ENDED, hasEnded: false }] }, 'left: cluster j-1'],
  [
    'a cluster that was left to EMR',
    { ...refused, compute: [{ ...ENDED, reason: 'Auto-terminated: idle' }] },
    'only EMR',
  ],
  ['a second cluster', { ...refused, compute: [ENDED, ENDED] }, 'started cluster j-1'],
  [
    'a cause that is lost',
    { ...refused, end: { status: 'FAILED', error: 'A', cause: '' } },
    'does not show the cause',
  ],
  ['the time limit of the machine', { ...refused, end: { status: 'TIMED_OUT' } }, 'an end that says nothing'],
  [
    'a fault taken for no data',
    { ...refused, end: { status: 'SUCCEEDED', output: '{"status":"NOTHING_TO_DO"}' } },
    'took the fault',
  ],
  ['throttling that ends an execution', { ...throttled, end: failed }, 'throttling ended it'],
  [
    'a stop that was not one',
    { ...refused, cell: { ...refused.cell, fault: 'execution stopped' } },
    'not ended as stopped',
  ],
  [
    'a cluster that the workflow leaves',
    { ...refused, events: refused.events.slice(0, 3) },
    'has not ended it: cluster',
  ],
  [
    'a state that was not reached',
    { ...refused, events: refused.events.slice(3) },
    'did not come to this state',
  ],
  [
    'a fault that did not happen',
    { ...refused, events: [entered('Ask'), entered('TerminateCluster')] },
    'the fault did not happen',
  ],
])('%s is a problem.', (_, seen, problem) => {
  expect(problemsOf(seen)).toEqual([expect.stringContaining(problem)]);
});
