import { renderReport } from '../../scripts/lib/report';

it('shows the table of a report', () => {
  const markdown = '|createdTime|count|\n|---|---|\n|2026-01-02|3|\n';
  expect(renderReport(markdown)).toBe('createdTime  count\n───────────  ─────\n2026-01-02       3');
});

it('says how many rows it leaves out', () => {
  const rows = Array.from({ length: 45 }, (_, index) => `|row ${index}|`).join('\n');
  const text = renderReport(`|name|\n|---|\n${rows}`);
  expect(text).toContain('row 39');
  expect(text).not.toContain('row 40');
  expect(text).toContain('… and 5 more rows');
});

it('shows a report without a table as it is', () => {
  expect(renderReport('Nothing happened.\n')).toBe('Nothing happened.');
});
