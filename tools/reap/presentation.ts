import { executionName } from '../../handlers/shared/execution-tag';
import { describeSeconds } from '../cli/elapsed';
import { renderTable } from '../cli/table';
import type { ObservedCompute } from './live-compute';

const HEADER = ['Kind', 'ID', 'State', 'Age', 'Cost so far', 'Owner'];

export function renderCompute(observed: readonly ObservedCompute[]): string {
  const notes = [...new Set(observed.flatMap(({ cost }) => cost.notes))].map((note) => `Cost: ${note}.`);
  return [renderTable(HEADER, observed.map(rowOf)), ...notes].join('\n');
}

/** The JSON representation: times in ISO 8601, costs in US dollars. */
export function toFacts({ live, isOrphan, ageMs, cost }: ObservedCompute): object {
  const { kind, id, name, state, createdAt, executionArn = null } = live;
  const ageSeconds = Math.round(ageMs / 1_000);
  const { usd, usdPerHour, notes } = cost;
  return {
    kind,
    id,
    name,
    state,
    createdAt: createdAt.toISOString(),
    ageSeconds,
    executionArn,
    isOrphan,
    costUsd: usd,
    usdPerHour,
    notes,
  };
}

function rowOf({ live, isOrphan, ageMs, cost }: ObservedCompute): string[] {
  const { kind, id, state, executionArn } = live;
  const usd = cost.usd === null ? 'unknown' : `${cost.usd.toFixed(4)} USD`;
  return [kind, id, state, describeSeconds(ageMs / 1_000), usd, describeOwner(executionArn, isOrphan)];
}

function describeOwner(executionArn: string | undefined, isOrphan: boolean): string {
  if (executionArn === undefined) return 'none: not started by a workflow';
  const name = executionName(executionArn);
  return isOrphan ? `none: execution ${name} is not running` : `execution ${name}`;
}
