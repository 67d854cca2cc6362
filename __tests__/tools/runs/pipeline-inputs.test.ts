import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseClicks, readRequest } from '../../../tools/runs/pipeline-inputs';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const FILE = join(folder, 'clicks.json');
const TODAY = '2026-03-04';

async function readClicks(content: string, file = FILE) {
  writeFileSync(FILE, content);
  return (await readRequest(['clicklogger'], { clicks: file })).clicks;
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
    (date) => [['all'], { date }, `--date ${date} is not a date. Use YYYY-MM-DD`] as const,
  ),
  [['covid'], { date: TODAY }, '--date is for the clicklogger pipeline'],
  [['covid'], { 'no-sample': true }, '--no-sample is for'],
  [['covid'], { clicks: 'x.json' }, '--clicks is for'],
  [['clicklogger'], { data: 'x.csv' }, '--data is for the covid pipeline'],
  [['all'], { clicks: FILE, 'no-sample': true }, '--clicks cannot be combined with --no-sample'],
  [['clickloger'], {}, '"clickloger" is not a pipeline'],
] as const)('The arguments %j with %j are rejected.', async (given, values, message) => {
  await expect(readRequest(given, values)).rejects.toThrow(message);
});

test.each([
  ['an array', '[{"a":"1"},{"a":"2"}]', [{ a: '1' }, { a: '2' }]],
  ['one click', '{"a":"1"}', [{ a: '1' }]],
  ['a file with a byte-order mark', '\uFEFF[{"a":"1"}]', [{ a: '1' }]],
])('The clicks are read from %s.', async (_, content, expected) => {
  expect(await readClicks(content)).toEqual(expected);
});

test.each([
  ['an empty file', '', /clicks\.json: cannot be read as JSON/],
  ['an empty array', '[]', /clicks\.json: the array is empty/],
  ['a file that is not JSON', 'requestid,contextid', /clicks\.json: cannot be read as JSON/],
  ['an array with a number', '[{"a":"1"}, 7]', /clicks\.json: element 1 is 7/],
  ['null', 'null', /clicks\.json: element 0 is null/],
  ['missing', '', /missing\.json: cannot be read.*ENOENT/, join(folder, 'missing.json')],
])('The error for a click file that is %s names the file.', async (_, content, message, file = FILE) => {
  await expect(readClicks(content, file)).rejects.toThrow(message);
});

const NONE = { clicks: undefined, noSample: false, date: undefined };

test.each([undefined, TODAY, 'ALL'])('Eight sample clicks are sent for the report of %s.', (date) => {
  expect(chooseClicks({ ...NONE, date }, 'dev', TODAY).clicks).toHaveLength(8);
});

test.each([
  ['for the report of another day', { date: '2026-03-03' }, 'dev', /2026-03-03/],
  ['in stage prod', {}, 'prod', /prod/],
  ['with --no-sample', { noSample: true }, 'dev', /^--no-sample$/],
])('No sample clicks are sent %s.', (_, request, stage, reason) => {
  const sending = chooseClicks({ ...NONE, ...request }, stage, TODAY);
  expect(sending.clicks).toBeUndefined();
  expect(sending.reason).toMatch(reason);
});

test('The clicks of a file are sent in all stages and for all dates.', () => {
  const clicks = [{ requestid: '1' }];
  expect(chooseClicks({ ...NONE, clicks, date: '2026-03-03' }, 'prod', TODAY)).toEqual({ clicks });
});
