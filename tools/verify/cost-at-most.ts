import { TaskError } from '../cli/errors';
import { runCost } from '../pricing/run-costs';
import type { SynthesizedStack } from '../terraform/synthesis';
import { machineDefinition, synthesizedResources } from '../terraform/synthesized-resources';

/** Executions that start compute, in each pipeline: one that succeeds, one that fails, one that is stopped. */
const RUNS = 3;

/** What a verification costs at most. */
export interface CostAtMost {
  /** US dollars, every job run and cluster running until its time limit. */
  readonly usd: number;
  /** What the figure is made of, a line for each pipeline. */
  readonly basis: readonly string[];
}

/** @throws TaskError when a price is not known */
export function costAtMost(stacks: readonly SynthesizedStack[]): CostAtMost {
  const costs = stacks.map((stack) => {
    const resources = synthesizedResources(stack);
    const cost = runCost(machineDefinition(resources), 'after', resources);
    if (cost?.usd === undefined)
      throw new TaskError(
        `What a run of ${stack.name} costs at most is not known: ${cost?.basis ?? 'no run'}.`,
      );
    return { usd: RUNS * cost.usd, basis: `${stack.name}: ${RUNS} runs of ${cost.basis}` };
  });
  return { usd: costs.reduce((sum, { usd }) => sum + usd, 0), basis: costs.map(({ basis }) => basis) };
}
