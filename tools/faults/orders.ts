import type { Definition, State } from '../../workflows/states-language';
import { attemptsOf, brokenArguments, type Cell, type Fault } from './cells';

/** A fault for the local AWS: emulator/faults.py. */
export interface Order {
  readonly kind: 'refuse' | 'throttle' | 'lose' | 'time-out' | 'crash' | 'stop' | 'arguments' | 'result';
  readonly times: number;
  readonly patch?: object;
}

/** Input and faults with which an execution enters a state and has a fault there. */
export interface Plan {
  readonly input: object;
  readonly orders: Readonly<Record<string, readonly Order[]>>;
  /** Duration in seconds of the process that replaces the Spark jobs. */
  readonly jobSeconds: number;
  /** Whether another execution of the workflow is running. */
  readonly blocked: boolean;
}

type Lead = Partial<Pick<Plan, 'input' | 'orders' | 'blocked'>> & { readonly jobContinues?: boolean };

const JOB_SECONDS = 0.3;
/** Longer than the time limits of a cell. */
export const ENDLESS_SECONDS = 3_600;
/** Throttled calls that every state can retry. */
const THROTTLES = 3;
/** More than the number of times a state is entered. */
const ALWAYS = 100;

/** Token of an empty page before the first page: FIRST_PAGE of emulator/step_functions/faulty.py. */
const FIRST_PAGE = 'fault: first page';

const result = (patch: object, times = 1): readonly Order[] => [{ kind: 'result', times, patch }];

function failedJob(state: State | undefined): Order {
  return { kind: 'arguments', times: 1, patch: brokenArguments(state) ?? {} };
}

/** Inputs and faults with which an execution enters states that it normally does not enter. */
function clickLeads({ States }: Definition): Readonly<Record<string, Lead>> {
  const refused = (state: string): Plan['orders'] => ({
    [state]: [{ kind: 'refuse', times: attemptsOf(States[state]) }],
  });
  const unbilled: Lead = { orders: { GetJobStatus: result({ Payload: { costUsd: null } }, ALWAYS) } };
  return {
    RejectInput: { input: { InputDate: '2026-02-30' } },
    NothingToDo: { input: { InputDate: '2001-01-01' } },
    FailRun: { orders: refused('FindClicks') },
    FindMoreClicks: { orders: { FindClicks: result({ Contents: [], NextContinuationToken: FIRST_PAGE }) } },
    CancelJob: { orders: refused('GetJobStatus'), jobContinues: true },
    WaitForDetails: unbilled,
    GetDetails: unbilled,
    FailJob: { orders: { StartJob: [failedJob(States.StartJob)] } },
  };
}

function covidLeads({ States }: Definition): Readonly<Record<string, Lead>> {
  const lostCluster: Plan['orders'] = { CreateCluster: [{ kind: 'lose', times: 1 }] };
  const [step = ''] = Object.keys(States).filter((name) => isStep(States[name]));
  const throttledStep: Lead = { orders: { [step]: [{ kind: 'throttle', times: 1 }] } };
  const failedStep: Lead = { orders: { [step]: [failedJob(States[step])] } };
  return {
    FindMoreRuns: { orders: { FindRuns: result({ Executions: [], NextToken: FIRST_PAGE }) } },
    AlreadyRunning: { blocked: true },
    NotListed: { orders: { FindRuns: result({ Executions: [] }, ALWAYS) } },
    FindMoreData: { orders: { FindData: result({ Contents: [], NextContinuationToken: FIRST_PAGE }) } },
    NothingToDo: { orders: { FindData: result({ Contents: [] }) } },
    WaitToFind: { orders: lostCluster },
    FindCluster: { orders: lostCluster },
    CheckCluster: { orders: lostCluster },
    FindMoreClusters: {
      orders: { ...lostCluster, FindCluster: result({ Clusters: [], Marker: FIRST_PAGE }) },
    },
    CheckStep: throttledStep,
    WaitToAdd: throttledStep,
    AddAgain: throttledStep,
    DescribeStep: failedStep,
    ExplainFailure: failedStep,
    FailRun: failedStep,
  };
}

const LEADS = { clicklogger: clickLeads, covid: covidLeads };

function isStep(state: State | undefined): boolean {
  return state?.Type === 'Task' && state.Resource.includes(':addStep');
}

/** States of the click workflow with a running job run. */
const JOB_IS_RUNNING = ['StartJob', 'WaitForJob', 'GetJobStatus', 'CheckJob'];

/** Plan of a cell. A job that the execution must end does not end without it. */
export function planOf({ pipeline, state, fault }: Cell, definition: Definition): Plan {
  const lead = LEADS[pipeline](definition)[state] ?? {};
  const { input, orders = {}, blocked = false, jobContinues = false } = lead;
  const found = definition.States[state];
  const isAbsorbed = fault === 'is throttled' || (fault === 'answer lost' && !isStep(found));
  const runs = jobContinues || ((isStep(found) || JOB_IS_RUNNING.includes(state)) && !isAbsorbed);
  return {
    input: input ?? (pipeline === 'clicklogger' ? { InputDate: 'ALL' } : {}),
    orders: { ...orders, [state]: [orderOf(fault, found)] },
    jobSeconds: runs ? ENDLESS_SECONDS : JOB_SECONDS,
    blocked,
  };
}

function orderOf(fault: Fault, state: State | undefined): Order {
  const times = attemptsOf(state);
  const orders: Readonly<Record<Fault, Order>> = {
    fails: { kind: 'refuse', times },
    'job fails': failedJob(state),
    'times out': { kind: 'time-out', times },
    'is throttled': { kind: 'throttle', times: THROTTLES },
    'answer lost': { kind: 'lose', times: 1 },
    'execution stopped': { kind: 'stop', times: 1 },
    'Lambda crashes': { kind: 'crash', times },
  };
  return orders[fault];
}
