import { TaskError } from '../cli/errors';
import { runCost } from '../pricing/run-costs';
import type { SynthesizedStack } from '../terraform/synthesis';
import { machineDefinition, synthesizedResources } from '../terraform/synthesized-resources';

/** Executions with compute in each pipeline: a successful, a failed and a stopped one. */
const RUNS = 3;

/** Maximum cost of a verification. */
export interface CostAtMost {
  /** US dollars, when every job run and cluster runs until its time limit. */
  readonly usd: number;
  /** Basis of the calculation, a line for each pipeline. */
  readonly basis: readonly string[];
}

/** @throws TaskError when a price is not known */
export function costAtMost(stacks: readonly SynthesizedStack[]): CostAtMost {
  const costs = stacks.map((stack) => {
    const resources = synthesizedResources(stack);
    const cost = runCost(machineDefinition(resources), 'after', resources);
    if (cost?.usd === undefined)
      throw new TaskError(
        `The maximum cost of a run of ${stack.name} is not known: ${cost?.basis ?? 'no run'}.`,
      );
    return { usd: RUNS * cost.usd, basis: `${stack.name}: ${RUNS} runs of ${cost.basis}` };
  });
  return { usd: costs.reduce((sum, { usd }) => sum + usd, 0), basis: costs.map(({ basis }) => basis) };
}
