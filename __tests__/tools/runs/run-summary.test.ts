import { renderMarkdown, renderMonthly } from '../../../tools/runs/run-summary';

test('The table of a report is shown.', () => {
  const markdown = '|createdTime|count|\n|---|---|\n|2026-01-02|3|\n';
  expect(renderMarkdown(markdown)).toBe('createdTime  count\n───────────  ─────\n2026-01-02       3');
});

test('The number of omitted rows is shown.', () => {
  const rows = Array.from({ length: 45 }, (_, index) => `|row ${index}|`).join('\n');
  const text = renderMarkdown(`|name|\n|---|\n${rows}`);
  expect(text).toContain('row 39');
  expect(text).not.toContain('row 40');
  expect(text).toContain('… and 5 more rows');
});

test('A cell of a report is truncated after 200 characters.', () => {
  const text = renderMarkdown(`|name|\n|---|\n|${'x'.repeat(201)}|\n`);
  expect(text.split('\n').at(-1)).toBe(`${'x'.repeat(200)}…`);
});

test('A report without a table is shown unchanged.', () => {
  expect(renderMarkdown('Nothing happened.\n')).toBe('Nothing happened.');
});

describe('The monthly report', () => {
  const rows = (months: number): string =>
    ['AK', 'AL']
      .flatMap((state) => Array.from({ length: months }, (_, month) => `${state},m${month},1,,0.1,3\n`))
      .join('');

  test('is shown in full, with empty cells for missing columns.', () => {
    const text = renderMonthly(
      `state,month,avg_inpatient_beds,avg_icu_beds,covid_patient_rate,days_reported\n${rows(3)}`,
    );
    expect(text.split('\n')).toHaveLength(8);
    expect(text).toMatch(/^AK +m0 +1 +0\.1 +3$/m);
  });

  test('is reduced to the last month of the twelve states with the most beds when it is long.', () => {
    const months = Array.from({ length: 20 }, (_, month) => `2021-${10 + month}`);
    const states = Array.from({ length: 15 }, (_, index) => `S${index}`);
    const rows = states.flatMap((state, index) => months.map((month) => `${state},${month},${index}.5,,,3`));
    const lines = renderMonthly(`state,month,beds,icu,rate,days\n${rows.join('\n')}\n`).split('\n');
    expect(lines.slice(2, -1).map((line) => line.split(/ +/).slice(0, 2))).toEqual(
      states
        .slice(3)
        .reverse()
        .map((state) => [state, '2021-29']),
    );
    expect(lines.at(-1)).toBe(
      '… the last month of the 12 largest states; 3 more and all 300 rows are in the report',
    );
  });

  test('is reduced to the last month of each state when it is long and has few states.', () => {
    const text = renderMonthly(`state,month,beds,icu,rate,days\n${rows(150)}`);
    expect(text.split('\n')).toHaveLength(5);
    expect(text).toContain('… the last month of the 2 states and all 300 rows are in the report');
  });
});
