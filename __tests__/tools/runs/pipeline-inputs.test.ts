import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseClicks, readClicks, readRequest } from '../../../tools/runs/pipeline-inputs';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const FILE = join(folder, 'clicks.json');
const TODAY = '2026-03-04';

function clickFile(content = '[{"requestid":"1"}]'): string {
  writeFileSync(FILE, content);
  return FILE;
}

test.each([
  [['all'], ['clicklogger', 'covid']],
  [['covid'], ['covid']],
])('The arguments %j choose the pipelines %j.', async (given, pipelines) => {
  expect((await readRequest(given, {})).pipelines).toEqual(pipelines);
});

test.each(['2024-02-29', 'ALL'])('The arguments accept the date %s.', async (date) => {
  expect((await readRequest(['all'], { date })).date).toBe(date);
});

test.each([
  ...['2026-3-4', '2026-02-30', '2026-13-01', 'today', ''].map(
    (date) => [['all'], { date }, `--date ${date} is not a day. Give one as YYYY-MM-DD`] as const,
  ),
  [['covid'], { date: TODAY }, '--date is for the clicklogger pipeline'],
  [['covid'], { 'no-sample': true }, '--no-sample is for'],
  [['covid'], { clicks: 'x.json' }, '--clicks is for'],
  [['clicklogger'], { data: 'x.csv' }, '--data is for the covid pipeline'],
  [['all'], { clicks: FILE, 'no-sample': true }, 'give one of them'],
  [['clickloger'], {}, '"clickloger" is not a pipeline'],
] as const)('The arguments %j with %j are refused.', async (given, values, message) => {
  await expect(readRequest(given, values)).rejects.toThrow(message);
});

test.each([
  ['an array', '[{"a":"1"},{"a":"2"}]', [{ a: '1' }, { a: '2' }]],
  ['one click', '{"a":"1"}', [{ a: '1' }]],
  ['a file with a byte-order mark', '\uFEFF[{"a":"1"}]', [{ a: '1' }]],
])('The click file may be %s.', (_, content, expected) => {
  expect(readClicks(clickFile(content))).toEqual(expected);
});

test.each([
  ['an empty file', '', /clicks\.json: cannot be read as JSON/],
  ['an empty array', '[]', /clicks\.json: the array is empty/],
  ['a file that is not JSON', 'requestid,contextid', /clicks\.json: cannot be read as JSON/],
  ['an array with a number', '[{"a":"1"}, 7]', /clicks\.json: element 1 is 7/],
  ['null', 'null', /clicks\.json: element 0 is null/],
])('A click file that is %s is refused with its name.', (_, content, message) => {
  expect(() => readClicks(clickFile(content))).toThrow(message);
});

test('A click file that does not exist is refused with its name.', () => {
  expect(() => readClicks(join(folder, 'missing.json'))).toThrow(/missing\.json: cannot be read.*ENOENT/);
});

const NONE = { clicks: undefined, noSample: false, date: undefined };

test.each([undefined, TODAY, 'ALL'])(
  'Eight samples are sent when the report of %s includes them.',
  (date) => {
    expect(chooseClicks({ ...NONE, date }, 'dev', TODAY).clicks).toHaveLength(8);
  },
);

test.each([
  ['the report is that of another day', { date: '2026-03-03' }, 'dev', /2026-03-03/],
  ['the stage is prod', {}, 'prod', /prod/],
  ['--no-sample is given', { noSample: true }, 'dev', /^--no-sample$/],
])('No samples are sent when %s.', (_, request, stage, reason) => {
  const sending = chooseClicks({ ...NONE, ...request }, stage, TODAY);
  expect(sending.clicks).toBeUndefined();
  expect(sending.reason).toMatch(reason);
});

test('The clicks of a file are sent in every stage and for every date.', () => {
  const clicks = readClicks(clickFile());
  expect(chooseClicks({ ...NONE, clicks, date: '2026-03-03' }, 'prod', TODAY)).toEqual({ clicks });
});
