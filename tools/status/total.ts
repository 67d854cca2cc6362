import type { Running } from './collect';

/** What everything costs an hour as it is now. */
export interface HourlyTotal {
  /** US dollars, of all that is known. */
  readonly usdPerHour: number;
  /** What is not in the figure, with the reason. */
  readonly unknown: readonly string[];
}

export function hourlyTotal({ standing, compute }: Pick<Running, 'standing' | 'compute'>): HourlyTotal {
  const costs = [
    ...standing.map(({ usdPerHour }) => usdPerHour),
    ...compute.map(({ cost }) => cost.usdPerHour ?? 0),
  ];
  const unpriced = compute
    .filter(({ cost }) => cost.usdPerHour === null)
    .map(({ live, cost }) => `${live.kind} ${live.id}: ${cost.notes.join('; ')}`);
  return {
    usdPerHour: costs.reduce((sum, cost) => sum + cost, 0),
    unknown: [...standing.flatMap(({ unknown }) => unknown), ...unpriced],
  };
}
