import { renderTable } from '../cli/table';
import { PIPELINES } from '../runs/pipeline-inputs';
import { FAULTS, type InapplicableCell } from './cells';
import type { CellEnd } from './run-cell';

export interface StatesEnd {
  readonly ends: readonly CellEnd[];
  readonly inapplicable: readonly InapplicableCell[];
  /** Problems after all cells. */
  readonly after: readonly string[];
  /** Number of cells that apply. */
  readonly of: number;
  readonly seed: number;
}

/** A table of the cells for each pipeline, the reasons of cells that do not apply, and the problems. */
export function renderCells({ ends, inapplicable, after, of, seed }: StatesEnd): string {
  const tables = PIPELINES.map((pipeline) => {
    const all = [...ends.map(({ cell }) => cell), ...inapplicable].filter(
      (cell) => cell.pipeline === pipeline,
    );
    const states = [
      ...new Set(inapplicable.filter((cell) => cell.pipeline === pipeline).map(({ state }) => state)),
    ];
    const rows = [...new Set([...states, ...all.map(({ state }) => state)])].map((state) => [
      state,
      ...FAULTS.map((fault) => {
        const is = ({ cell }: Pick<CellEnd, 'cell'>): boolean =>
          cell.pipeline === pipeline && cell.state === state && cell.fault === fault;
        const end = ends.find(is);
        if (end !== undefined) return end.problems.length === 0 ? end.status : `WRONG: ${end.status}`;
        return inapplicable.some((cell) => is({ cell })) ? '-' : '';
      }),
    ]);
    return renderTable([pipeline, ...FAULTS], rows);
  });
  const reasons = new Map<string, number>();
  for (const { reason } of inapplicable) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const wrong = ends.flatMap(({ cell, problems, executionArn }) =>
    problems.map((problem) => `${cell.pipeline} ${cell.state}, ${cell.fault}: ${problem}\n  ${executionArn}`),
  );
  const failed = ends.filter(({ problems }) => problems.length > 0).length + after.length;
  const passed = ends.length - failed + after.length;
  return [
    ...tables,
    [...reasons].map(([reason, count]) => `- does not apply to ${count} cells: ${reason}`).join('\n'),
    ...wrong,
    ...after,
    `${ends.length} of ${of} cells${ends.length < of ? `, seed ${seed}` : ''}: ${passed} passed, ${failed} failed`,
  ].join('\n\n');
}
