import { toFacts } from '../reap/presentation';
import type { Target } from '../aws/target';
import type { Status } from './collect';
import { hourlyTotal } from './total';

/** A status for programs: times in ISO 8601, costs in US dollars; `running` is null when the stage is not deployed. */
export function toJson(target: Target, { at, deployed, running }: Status): object {
  const { stage, account, region, kind } = target;
  return {
    ...{ at, stage, account, region, target: kind },
    stacks: deployed.map(({ resources, ...stack }) => ({ ...stack, resources: resources.length })),
    running:
      running === undefined
        ? null
        : { ...running, compute: running.compute.map(toFacts), cost: hourlyTotal(running) },
  };
}
