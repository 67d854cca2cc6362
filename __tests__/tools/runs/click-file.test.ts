import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readClicks } from '../../../tools/runs/click-file';
import { temporaryFolder } from '../../scripts/fake-tools';

const folder = temporaryFolder();

function read(content: string): unknown[] {
  const file = join(folder, 'clicks.json');
  writeFileSync(file, content);
  return readClicks(file);
}

it.each([
  ['an array', '[{"a":"1"},{"a":"2"}]', [{ a: '1' }, { a: '2' }]],
  ['one click', '{"a":"1"}', [{ a: '1' }]],
  ['a file with a byte order mark', '\uFEFF[{"a":"1"}]', [{ a: '1' }]],
])('reads %s', (_, content, expected) => {
  expect(read(content)).toEqual(expected);
});

it.each([
  ['an empty file', '', 'the file is empty'],
  ['an empty array', '[]', 'the array is empty'],
  ['no JSON', 'requestid,contextid', 'not JSON'],
  ['a number among the clicks', '[{"a":"1"}, 7]', 'element 1 is 7'],
  ['null', 'null', 'element 0 is null'],
])('refuses %s, naming the file', (_, content, reason) => {
  expect(() => read(content)).toThrow(reason);
  expect(() => read(content)).toThrow(join(folder, 'clicks.json'));
});

it('refuses a file that is not there', () => {
  expect(() => readClicks(join(folder, 'missing.json'))).toThrow(/missing\.json: cannot be read: ENOENT/);
});
