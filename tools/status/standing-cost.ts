import { hourlyCost, type HourlyCost } from '../teardown/costs';
import { identify } from '../teardown/resource-types';
import { arnInState } from '../teardown/state-arns';
import type { Target } from '../aws/target';
import type { DeployedStack } from '../aws/deployed';

/** What one kind of resource costs an hour while nothing runs. */
export interface StandingCost {
  readonly kind: string;
  readonly count: number;
  /** US dollars; what is not known counts as nothing. */
  readonly usdPerHour: number;
  /** Resources whose cost is not known, with the reason. */
  readonly unknown: readonly string[];
}

/** What the stacks cost an hour at list prices, by kind, the dearest first; without traffic, requests and compute. */
export async function standingCosts(
  target: Target,
  stacks: readonly DeployedStack[],
): Promise<StandingCost[]> {
  const byKind = new Map<string, { readonly id: string; readonly cost: HourlyCost }[]>();
  const priced = stacks
    .flatMap(({ resources }) => resources)
    .map(async (resource) => {
      const arn = arnInState(target, resource);
      const found = arn === undefined ? undefined : identify(arn);
      if (arn === undefined || found === undefined) return;
      const kind = found.kind.title;
      const cost = await hourlyCost(target, { arn, kind, id: found.id, sources: ['state'] });
      byKind.set(kind, [...(byKind.get(kind) ?? []), { id: found.id, cost }]);
    });
  await Promise.all(priced);
  return [...byKind]
    .map(([kind, items]) => ({
      kind,
      count: items.length,
      usdPerHour: items.reduce((sum, { cost }) => sum + (cost.usd ?? 0), 0),
      unknown: items
        .filter(({ cost }) => cost.usd === undefined)
        .map(({ id, cost }) => `${id}: ${cost.note ?? 'unknown'}`),
    }))
    .filter(({ usdPerHour, unknown }) => usdPerHour > 0 || unknown.length > 0)
    .sort((a, b) => b.usdPerHour - a.usdPerHour);
}
