import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsTable, TABLE_MARKERS } from '../../config/settings-table';

const README = join(__dirname, '../../README.md');
const [BEGIN, END] = TABLE_MARKERS;

test('The README has the table of all settings; with SETTINGS_TABLE=write this test writes it', () => {
  const readme = readFileSync(README, 'utf8');
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  expect(begin).toBeGreaterThan(0);
  const table = `${BEGIN}\n\n${settingsTable()}\n\n`;
  if (process.env.SETTINGS_TABLE === 'write')
    writeFileSync(README, readme.slice(0, begin) + table + readme.slice(end));
  else expect(readme.slice(begin, end)).toBe(table);
});
