import type { ResourceChange } from '../../terraform/plan/plan-format';
import { networkOpenings, type Opening } from '../../access/network-openings';
import { code } from '../markdown';
import { nameOf, type ReviewContext, type Section } from '../section';

interface Difference {
  readonly change: ResourceChange;
  readonly opening: Opening;
  readonly isOpened: boolean;
}

/** Network traffic that the change opens or closes. */
export function network({ changed }: ReviewContext): Section | undefined {
  const rows = changed.flatMap(differences);
  if (rows.length === 0) return undefined;
  const opened = rows.filter(({ isOpened }) => isOpened);
  const words = opened.some(isWide) ? '**network opened to the internet**' : 'network opened';
  return {
    title: 'Network',
    summary: [
      ...(opened.length > 0 ? [words] : []),
      ...(opened.length < rows.length ? ['network closed'] : []),
    ],
    blocks: [...rows]
      .sort((a, b) => weight(b) - weight(a))
      .map((row) => ({
        line: `- ${isWide(row) ? '🟥' : row.isOpened ? '🟧' : '🟩'} ${row.isOpened ? 'opens' : 'closes'} ${code(row.opening.what)}: ${code(nameOf(row.change))} (${code(row.change.address)})`,
      })),
  };
}

function isWide({ opening, isOpened }: Difference): boolean {
  return isOpened && opening.isWide;
}

function weight(row: Difference): number {
  return Number(isWide(row)) * 2 + Number(row.isOpened);
}

function differences(change: ResourceChange): Difference[] {
  const { type, before, after, unknown } = change;
  const old = before === undefined ? [] : networkOpenings({ type, attributes: before });
  const now = after === undefined ? [] : networkOpenings({ type, attributes: after, unknown });
  const isIn = (openings: readonly Opening[], { what }: Opening): boolean =>
    openings.some((opening) => opening.what === what);
  return [
    ...now.filter((opening) => !isIn(old, opening)).map((opening) => ({ change, opening, isOpened: true })),
    ...old.filter((opening) => !isIn(now, opening)).map((opening) => ({ change, opening, isOpened: false })),
  ];
}
