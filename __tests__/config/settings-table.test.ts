import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsTable, TABLE_MARKERS } from '../../config/settings-table';

const DOCUMENT = join(__dirname, '../../docs/settings.md');
const [BEGIN, END] = TABLE_MARKERS;

test('docs/settings.md contains the generated table of all settings (SETTINGS_TABLE=write updates it).', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  expect(begin).toBeGreaterThan(0);
  const table = `${BEGIN}\n\n${settingsTable()}\n\n`;
  if (process.env.SETTINGS_TABLE === 'write')
    writeFileSync(DOCUMENT, text.slice(0, begin) + table + text.slice(end));
  else expect(text.slice(begin, end)).toBe(table);
});
