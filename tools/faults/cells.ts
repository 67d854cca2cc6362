import type { Definition, State } from '../../workflows/states-language';
import type { PipelineName } from '../runs/pipeline-inputs';

/** Faults of a state, in the order of the table. */
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

export interface Cell {
  readonly pipeline: PipelineName;
  readonly state: string;
  readonly fault: Fault;
}

/** A fault that does not apply to a state, and the reason. */
export interface InapplicableCell extends Cell {
  readonly reason: string;
}

const LAMBDA = 'arn:aws:states:::lambda:invoke';

/** All cells of a workflow: cells that apply, and other cells with the reason. */
export function cellsOf(
  pipeline: PipelineName,
  { States }: Pick<Definition, 'States'>,
): { readonly cells: Cell[]; readonly inapplicable: InapplicableCell[] } {
  const cells: Cell[] = [];
  const inapplicable: InapplicableCell[] = [];
  for (const [name, state] of Object.entries(States)) {
    for (const fault of FAULTS) {
      const cell = { pipeline, state: name, fault };
      const reason = inapplicableReason(state, fault);
      if (reason === undefined) cells.push(cell);
      else inapplicable.push({ ...cell, reason });
    }
  }
  return { cells, inapplicable };
}

function inapplicableReason(state: State, fault: Fault): string | undefined {
  if (fault === 'execution stopped') return undefined;
  if (state.Type !== 'Task') return `a ${state.Type} state has no call`;
  const called = state.Resource.replace('arn:aws:states:::', '');
  if (fault === 'job fails' && brokenArguments(state) === undefined) return `${called} starts no compute`;
  if (fault === 'Lambda crashes' && state.Resource !== LAMBDA) return `${called} invokes no function`;
  return undefined;
}

/** Arguments with which a job run, a cluster or a step fails, by the call that starts it. */
const BROKEN_ARGUMENTS: Readonly<Record<string, object>> = {
  startJobRun: { JobDriver: { SparkSubmit: { EntryPoint: 's3://no-bucket/no.jar' } } },
  createCluster: { Instances: { Ec2SubnetIds: ['subnet-0'] } },
  addStep: { Step: { HadoopJarStep: { Args: ['false'] } } },
};

/** Arguments with which the started compute fails; undefined when the state starts no compute. */
export function brokenArguments(state: State | undefined): object | undefined {
  const [, action = ''] = /:(\w+)(?:\.sync)?$/.exec(state?.Type === 'Task' ? state.Resource : '') ?? [];
  return BROKEN_ARGUMENTS[action];
}

/** Maximum number of attempts of a Task; 1 for other states. */
export function attemptsOf(state: State | undefined): number {
  const retriers = (state?.Type === 'Task' ? state.Retry : undefined) ?? [];
  return 1 + Math.max(0, ...retriers.map(({ MaxAttempts }) => MaxAttempts));
}

/**
 * A reproducible sample of `count` cells, from each pipeline and fault in turn, so that a small sample contains each kind.
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

/** Fisher-Yates shuffle with a linear congruential generator (Numerical Recipes). */
function shuffled(cells: readonly Cell[], seed: number): Cell[] {
  const left = [...cells];
  let state = seed;
  return cells.flatMap(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return left.splice(Math.floor((state / 2 ** 32) * left.length), 1);
  });
}
