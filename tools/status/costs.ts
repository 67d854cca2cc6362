import type { DeployedStack } from '../aws/deployed';
import type { Target } from '../aws/target';
import { hourlyCost, type HourlyCost } from '../teardown/costs';
import { identify } from '../teardown/resource-types';
import { arnInState } from '../teardown/stack-state';
import type { ObservedCompute } from '../reap/live-compute';
import { problemsOf, type Section, valueOf } from './section';

/** What the resources of one type cost an hour while nothing runs. */
export interface StandingCost {
  readonly kind: string;
  readonly count: number;
  /** US dollars; what is not known counts as nothing. */
  readonly usdPerHour: number;
  /** Resources whose cost is not known, with the reason. */
  readonly unknown: readonly string[];
  /** Those of them for which AWS could not be asked. */
  readonly failed: readonly string[];
}

/** What the stacks cost an hour at list prices, by type, the highest first; without traffic, requests and compute. */
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

/** What everything costs an hour as it is now. */
export interface HourlyTotal {
  /** US dollars, of all that is known. */
  readonly usdPerHour: number;
  /** What is not in the figure, with the reason. */
  readonly unknown: readonly string[];
}

export function hourlyTotal(running: {
  readonly standing: Section<readonly StandingCost[]>;
  readonly compute: Section<readonly ObservedCompute[]>;
}): HourlyTotal {
  const [standing, compute] = [valueOf(running.standing) ?? [], valueOf(running.compute) ?? []];
  const costs = [
    ...standing.map(({ usdPerHour }) => usdPerHour),
    ...compute.map(({ cost }) => cost.usdPerHour ?? 0),
  ];
  const problems = problemsOf({ 'what is deployed': running.standing, 'what is running': running.compute });
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
