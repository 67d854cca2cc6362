import * as z from 'zod';
import { settingsSchema } from './settings';

/** Lines before and after the table in docs/settings.md. */
export const TABLE_MARKERS = ['<!-- settings -->', '<!-- end of settings -->'] as const;

/** The table of settings, as Prettier formats it. */
export function settingsTable(): string {
  const rows = Object.entries(settingsSchema.shape).map(([name, schema]) => [
    `\`${name}\``,
    renderDefault(schema),
    `${String(schema.description)}${renderRange(schema)}`,
  ]);
  const table = [['name', 'default', 'meaning'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => String(row[column]).length)));
  const render = (cells: readonly string[], fill: string): string =>
    `| ${cells.map((cell, column) => cell.padEnd(Number(widths[column]), fill)).join(' | ')} |`;
  const [header = [], ...others] = table;
  return [render(header, ' '), render(['', '', ''], '-'), ...others.map((row) => render(row, ' '))].join(
    '\n',
  );
}

function renderDefault(schema: z.ZodType): string {
  const value: unknown = schema.parse(undefined);
  if (typeof value === 'boolean') return value ? '`on`' : '`off`';
  if (typeof value === 'string' || typeof value === 'number') return `\`${value}\``;
  return Array.isArray(value) ? `\`${value.join(',')}\`` : 'not set';
}

/** Limits of a number, e.g. ` (5–600)`. */
function renderRange(schema: z.ZodType): string {
  const inner = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  if (!(inner instanceof z.ZodNumber) || !Number.isFinite(inner.maxValue)) return '';
  return ` (${String(inner.minValue)}–${String(inner.maxValue)})`;
}
