import { sidesOf } from '../../access/held-policies';
import type { ResourceChange } from '../../terraform/plan/plan-format';
import { networkOpenings, type Opening } from '../../access/network-openings';
import { code } from '../markdown';
import { itemsIf, nameOf, type ReviewContext, type Section } from '../section';

interface Difference {
  readonly change: ResourceChange;
  readonly opening: Opening;
  readonly isOpened: boolean;
}

export function network({ changed }: ReviewContext): Section | undefined {
  const rows = changed.flatMap(differences);
  if (rows.length === 0) return undefined;
  const opened = rows.filter(({ isOpened }) => isOpened);
  const words = opened.some(isWide) ? '**network opened to the internet**' : 'network opened';
  return {
    title: 'Network',
    summary: [
      ...itemsIf(opened.length > 0, words),
      ...itemsIf(opened.length < rows.length, 'network closed'),
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
  const [old = [], now = []] = sidesOf(change).map((side) => side && networkOpenings(side));
  const missingIn = (openings: readonly Opening[]) => (opening: Opening) =>
    openings.every(({ what }) => what !== opening.what);
  return [
    ...now.filter(missingIn(old)).map((opening) => ({ change, opening, isOpened: true })),
    ...old.filter(missingIn(now)).map((opening) => ({ change, opening, isOpened: false })),
  ];
}
