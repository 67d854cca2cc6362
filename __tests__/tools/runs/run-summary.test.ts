import { renderMarkdown, renderMonthly } from '../../../tools/runs/run-summary';

test('The table of a report is shown.', () => {
  const markdown = '|createdTime|count|\n|---|---|\n|2026-01-02|3|\n';
  expect(renderMarkdown(markdown)).toBe('createdTime  count\n───────────  ─────\n2026-01-02       3');
});

test('The number of rows that are left out is shown.', () => {
  const rows = Array.from({ length: 45 }, (_, index) => `|row ${index}|`).join('\n');
  const text = renderMarkdown(`|name|\n|---|\n${rows}`);
  expect(text).toContain('row 39');
  expect(text).not.toContain('row 40');
  expect(text).toContain('… and 5 more rows');
});

test('A report without a table is shown as it is.', () => {
  expect(renderMarkdown('Nothing happened.\n')).toBe('Nothing happened.');
});

describe('The monthly report', () => {
  const rows = (months: number): string =>
    ['AK', 'AL']
      .flatMap((state) => Array.from({ length: months }, (_, month) => `${state},m${month},1,,0.1,3\n`))
      .join('');

  test('is shown whole, with empty cells where a file had no such column.', () => {
    const text = renderMonthly(
      `state,month,avg_inpatient_beds,avg_icu_beds,covid_patient_rate,days_reported\n${rows(3)}`,
    );
    expect(text.split('\n')).toHaveLength(8);
    expect(text).toMatch(/^AK +m0 +1 +0\.1 +3$/m);
  });

  test('is cut to the last month of each state when it is long, with a note.', () => {
    const text = renderMonthly(`state,month,beds,icu,rate,days\n${rows(150)}`);
    expect(text).toMatch(/^AK +m149/m);
    expect(text).toMatch(/^AL +m149/m);
    expect(text).not.toContain('m148');
    expect(text).toContain('all 300 rows');
  });
});
