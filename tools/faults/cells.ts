import type { Definition, State } from '../../workflows/states-language';
import type { PipelineName } from '../runs/pipeline-inputs';

/** What a state may suffer, in the order of the table. */
export const FAULTS = [
  'fails',
  'job fails',
  'times out',
  'is throttled',
  'answer lost',
  'execution stopped',
  'Lambda crashes',
] as const;

export type Fault = (typeof FAULTS)[number];

/** A state of a workflow, and what it suffers. */
export interface Cell {
  readonly pipeline: PipelineName;
  readonly state: string;
  readonly fault: Fault;
}

/** A fault that a state cannot suffer, and why. */
export interface InapplicableCell extends Cell {
  readonly reason: string;
}

const LAMBDA = 'arn:aws:states:::lambda:invoke';

/** Every cell of a workflow: those that apply, and the others with the reason. */
export function cellsOf(
  pipeline: PipelineName,
  { States }: Pick<Definition, 'States'>,
): { readonly cells: Cell[]; readonly inapplicable: InapplicableCell[] } {
  const cells: Cell[] = [];
  const inapplicable: InapplicableCell[] = [];
  for (const [name, state] of Object.entries(States)) {
    for (const fault of FAULTS) {
      const cell = { pipeline, state: name, fault };
      const reason = whyNot(state, fault);
      if (reason === undefined) cells.push(cell);
      else inapplicable.push({ ...cell, reason });
    }
  }
  return { cells, inapplicable };
}

function whyNot(state: State, fault: Fault): string | undefined {
  if (fault === 'execution stopped') return undefined;
  if (state.Type !== 'Task') return `a ${state.Type} state calls nothing`;
  const called = state.Resource.replace('arn:aws:states:::', '');
  if (fault === 'job fails' && brokenArguments(state) === undefined)
    return `${called} starts nothing that could fail`;
  if (fault === 'Lambda crashes' && state.Resource !== LAMBDA) return `${called} calls no function of ours`;
  return undefined;
}

/** Calls that start a job run, a cluster or a step, each with arguments of one that fails. */
const BROKEN_ARGUMENTS: Readonly<Record<string, object>> = {
  startJobRun: { JobDriver: { SparkSubmit: { EntryPoint: 's3://no-bucket/no.jar' } } },
  createCluster: { Instances: { Ec2SubnetIds: ['subnet-0'] } },
  addStep: { Step: { HadoopJarStep: { Args: ['false'] } } },
};

/** Arguments with which what the state starts fails; undefined when it starts nothing. */
export function brokenArguments(state: State | undefined): object | undefined {
  const [, action = ''] = /:(\w+)(?:\.sync)?$/.exec(state?.Type === 'Task' ? state.Resource : '') ?? [];
  return BROKEN_ARGUMENTS[action];
}

/** Attempts after which a Task gives up, whichever of its retriers applies; 1 for other states. */
export function attemptsOf(state: State | undefined): number {
  const retriers = (state?.Type === 'Task' ? state.Retry : undefined) ?? [];
  return 1 + Math.max(0, ...retriers.map(({ MaxAttempts }) => MaxAttempts));
}

/**
 * `count` of the cells, the same for the same seed: from each pipeline and fault in turn, so that each kind is in a small
 * sample too.
 */
export function sampleOf(cells: readonly Cell[], count: number, seed: number): Cell[] {
  const kinds = new Map<string, Cell[]>();
  for (const cell of shuffled(cells, seed)) {
    const kind = `${cell.fault} ${cell.pipeline}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), cell]);
  }
  const rounds = Array.from({ length: cells.length }, (_, round) =>
    [...kinds.values()].flatMap((kind) => kind.slice(round, round + 1)),
  );
  return rounds.flat().slice(0, count);
}

/** Fisher and Yates's shuffle with a linear congruential generator (Numerical Recipes). */
function shuffled(cells: readonly Cell[], seed: number): Cell[] {
  const left = [...cells];
  let state = seed;
  return cells.flatMap(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return left.splice(Math.floor((state / 2 ** 32) * left.length), 1);
  });
}
