import type { DescribeExecutionCommandOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import { clickloggerReleaseRules } from '../../workflows/clicklogger-workflow';
import { covidReleaseRules } from '../../workflows/covid-workflow';
import type { Cell } from './cells';
import type { Order, Plan } from './orders';

/** A job run or cluster that an execution has started. */
export interface StartedCompute {
  /** E.g. `cluster j-1ABC (TERMINATED)`. */
  readonly what: string;
  readonly state: string;
  readonly hasEnded: boolean;
  /** Reason of the end; empty for job runs. */
  readonly reason: string;
}

export interface Observed {
  readonly cell: Cell;
  readonly plan: Plan;
  readonly end: Pick<DescribeExecutionCommandOutput, 'status' | 'error' | 'cause' | 'output'>;
  readonly events: readonly HistoryEvent[];
  readonly compute: readonly StartedCompute[];
}

/** Expected error and cause of an execution by fault. */
const SIGNS: Readonly<Record<Exclude<Order['kind'], 'stop'>, RegExp>> = {
  refuse: /fault: refused/,
  throttle: /fault: Rate exceeded/,
  lose: /fault: Unable to execute HTTP request/,
  // A retried cancellation fails because the cancellation with the lost response was successful.
  'time-out': /States\.Timeout|TimedOut|cannot be cancelled: it is CANCELLED/,
  crash: /Runtime\.ExitError/,
  arguments: /^(StepFailed|JobRunFailed|States\.TaskFailed) \S/,
  result: /^RunNotListed/,
};

/** States that end compute: when they fail, compute may be left, and the end must report it. */
const RULES = [...clickloggerReleaseRules, ...covidReleaseRules];
const RELEASING = RULES.flatMap(({ releasedBy }) => releasedBy);

/** Starts after whose failure the workflow expects no compute; the reaper ends compute that was started. */
const LEFT_TO_THE_REAPER = RULES.filter((rule) => !rule.acquiredOnFailure).map(
  ({ acquiredBy }) => acquiredBy,
);

/** States of a job run or cluster that was not cancelled or terminated. */
const ENDED_BY_ITSELF = ['SUCCESS', 'FAILED', 'TERMINATED_WITH_ERRORS'];

export function problemsOf(observed: Observed): string[] {
  const { cell, compute } = observed;
  const left = compute.filter(({ hasEnded }) => !hasEnded).map(({ what }) => `left: ${what}`);
  // A rejected termination is retried for 13 minutes; EMR terminates the idle cluster after ten.
  const mayBeIdle = RELEASING.includes(cell.state) && cell.fault === 'fails';
  const idle = compute
    .filter(({ reason }) => reason.startsWith('Auto-terminated') && !mayBeIdle)
    .map(({ what }) => `only EMR terminated it, when it was idle: ${what}`);
  const several = compute.length > 1 ? [`started ${compute.map(({ what }) => what).join(', ')}`] : [];
  return [
    ...left,
    ...idle,
    ...several,
    ...[endProblems, releaseProblems, faultProblems].flatMap((problems) => problems(observed)),
  ];
}

/** The workflow must end its compute, unless its execution is stopped; the reaper ends other compute. */
function releaseProblems({ cell: { state, fault }, events, compute }: Observed): string[] {
  if (fault === 'execution stopped' || LEFT_TO_THE_REAPER.includes(state)) return [];
  if (RELEASING.some((name) => eventsIn(name, events) !== undefined)) return [];
  return compute
    .filter((started) => !ENDED_BY_ITSELF.includes(started.state))
    .map(({ what }) => `the workflow did not end it: ${what}`);
}

function endProblems({ cell: { fault, state }, plan, end }: Observed): string[] {
  const { status, error = '', cause = '', output = 'null' } = end;
  const shown = `${error} ${cause}`;
  const isFinal = RELEASING.includes(state) && !['is throttled', 'answer lost'].includes(fault);
  const shouldShow = isFinal ? [plan.orders[state] ?? []] : Object.values(plan.orders);
  const kinds = shouldShow.flatMap((orders) => orders.map(({ kind }) => kind));
  const seen = `${status}: ${shown.slice(0, 500)}`;
  if (fault === 'execution stopped')
    return status === 'ABORTED' && cause.startsWith('fault: ') ? [] : [`it was not stopped: ${seen}`];
  if (status === 'SUCCEEDED') {
    const { status: result } = JSON.parse(output) as { status?: string };
    return result === 'SUCCEEDED' ? [] : [`it treated the fault as ${result}`];
  }
  if (status !== 'FAILED') return [`an end without a cause: ${seen}`];
  const isLedToFailure = Object.entries(plan.orders).some(
    ([name, orders]) => name !== state && orders.some(({ kind }) => kind !== 'result' && kind !== 'throttle'),
  );
  if (fault === 'is throttled' && !isLedToFailure) return [`throttling ended it: ${seen}`];
  return kinds.some((kind) => kind !== 'stop' && SIGNS[kind].test(shown))
    ? []
    : [`its end does not show the cause: ${seen}`];
}

/** A cell without its fault is not a test. */
function faultProblems({ cell: { state, fault }, end, events }: Observed): string[] {
  const within = eventsIn(state, events);
  if (within === undefined) return ['the execution did not enter the state'];
  const hasFault = within.some(({ type, taskFailedEventDetails: failed }) => {
    if (fault === 'execution stopped') return true;
    if (fault === 'times out') return type === 'TaskTimedOut';
    // Only the end shows the failure of a job without `.sync`.
    if (fault === 'job fails') return end.status === 'FAILED';
    if (fault === 'Lambda crashes') return failed?.error === 'Runtime.ExitError';
    return failed?.cause?.includes('fault: ') ?? false;
  });
  return hasFault ? [] : ['the fault did not happen'];
}

/** Events of a state; undefined when it was not entered. */
function eventsIn(state: string, events: readonly HistoryEvent[]): HistoryEvent[] | undefined {
  let current: string | undefined;
  const found: HistoryEvent[] = [];
  for (const event of events) {
    current = event.stateEnteredEventDetails?.name ?? current;
    if (current === state) found.push(event);
  }
  return found.length === 0 ? undefined : found;
}
