import type { DeployedStack } from '../aws/deployed';
import type { Target } from '../aws/target';
import { hourlyCost, type HourlyCost } from '../teardown/costs';
import { identify } from '../teardown/resource-types';
import { arnInState } from '../teardown/stack-state';
import type { ObservedCompute } from '../reap/live-compute';
import { problemsOf, type Section, valueOf } from './section';

/** Hourly cost of the resources of one type while nothing runs. */
export interface StandingCost {
  readonly kind: string;
  readonly count: number;
  /** US dollars, without unknown costs. */
  readonly usdPerHour: number;
  /** Resources with unknown costs, with the reason. */
  readonly unknown: readonly string[];
  /** Of these, the resources for which a request to AWS failed. */
  readonly failed: readonly string[];
}

/** Hourly costs of the stacks at list prices by type, highest first; without data transfer, requests and compute. */
export async function standingCosts(
  target: Target,
  stacks: readonly DeployedStack[],
): Promise<StandingCost[]> {
  const byKind = new Map<string, { readonly id: string; readonly cost: HourlyCost }[]>();
  const price = async (arn: string): Promise<void> => {
    const found = identify(arn);
    if (found === undefined) return;
    const kind = found.type.title;
    const cost = await hourlyCost(target, { kind, id: found.id });
    byKind.set(kind, [...(byKind.get(kind) ?? []), { id: found.id, cost }]);
  };
  const resources = stacks.flatMap((stack) => stack.resources);
  await Promise.all(resources.flatMap((resource) => arnInState(target, resource) ?? []).map(price));
  return [...byKind]
    .map(([kind, items]) => ({
      kind,
      count: items.length,
      usdPerHour: items.reduce((sum, { cost }) => sum + (cost.usd ?? 0), 0),
      unknown: describeUnknown(items.filter(({ cost }) => cost.usd === undefined)),
      failed: describeUnknown(items.filter(({ cost }) => cost.hasFailed)),
    }))
    .filter(({ usdPerHour, unknown }) => usdPerHour > 0 || unknown.length > 0)
    .sort((a, b) => b.usdPerHour - a.usdPerHour);
}

function describeUnknown(items: readonly { readonly id: string; readonly cost: HourlyCost }[]): string[] {
  return items.map(({ id, cost }) => `${id}: ${cost.note ?? 'unknown'}`);
}

/** The current cost in US dollars per hour, and what it does not include, with the reason. */
export function hourlyTotal(running: {
  readonly standing: Section<readonly StandingCost[]>;
  readonly compute: Section<readonly ObservedCompute[]>;
}): { readonly usdPerHour: number; readonly unknown: readonly string[] } {
  const [standing, compute] = [valueOf(running.standing) ?? [], valueOf(running.compute) ?? []];
  const costs = [
    ...standing.map(({ usdPerHour }) => usdPerHour),
    ...compute.map(({ cost }) => cost.usdPerHour ?? 0),
  ];
  const problems = problemsOf({ 'deployed resources': running.standing, 'running work': running.compute });
  const unpriced = compute
    .filter(({ cost }) => cost.usdPerHour === null)
    .map(({ live, cost }) => `${live.kind} ${live.id}: ${cost.notes.join('; ')}`);
  return {
    usdPerHour: costs.reduce((sum, cost) => sum + cost, 0),
    unknown: [
      ...Object.entries(problems).map(([what, problem]) => `${what}: ${problem}`),
      ...standing.flatMap(({ unknown }) => unknown),
      ...unpriced,
    ],
  };
}
