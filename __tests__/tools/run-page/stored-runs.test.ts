import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeRun, findRuns, storeRun } from '../../../tools/run-page/stored-runs';
import { emptyRecord, failedRecord } from '../../fixtures/run-records';
import { temporaryFolder } from '../../support/temporary-folder';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

test('A run is stored with its record and page, and runs are listed newest first.', async () => {
  const page = await storeRun(failedRecord, folder);
  expect(page).toBe(join(folder, '2026-03-04T101112Z-clicklogger', 'index.html'));
  expect(readFileSync(page, 'utf8')).toContain('JobRunFailed');
  await storeRun({ ...emptyRecord, startedAt: '2026-03-05T00:00:00.000Z' }, folder);
  expect(findRuns('', folder).map((run) => [run.name, ...describeRun(run)])).toEqual([
    ['2026-03-05T000000Z-clicklogger', 'NOTHING_TO_DO', emptyRecord.place],
    ['2026-03-04T101112Z-clicklogger', 'FAILED', failedRecord.place],
  ]);
});

test('The 51st run of a pipeline replaces its oldest run; other runs and files stay.', async () => {
  const add = (name: string): void => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.html'), '');
  };
  const days = Array.from({ length: 50 }, (_, day) =>
    new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
  );
  for (const day of days) add(`${day}T000000Z-clicklogger`);
  for (const name of ['2025-01-01T000000Z-covid', '0-notes-clicklogger']) add(name);
  await storeRun({ ...emptyRecord, startedAt: '2026-03-05T00:00:00.000Z' }, folder);
  expect(readdirSync(folder)).toEqual([
    '0-notes-clicklogger',
    '2025-01-01T000000Z-covid',
    ...[...days.slice(1), '2026-03-05'].map((day) => `${day}T000000Z-clicklogger`),
  ]);
});

test('Runs are found by a part of their names, newest first; other folders are ignored.', async () => {
  await storeRun(failedRecord, folder);
  await storeRun({ ...emptyRecord, startedAt: '2026-03-05T00:00:00.000Z' }, folder);
  await storeRun({ ...emptyRecord, startedAt: '2026-03-05T00:00:01.000Z' }, folder);
  mkdirSync(join(folder, 'notes of 2026-03-05'));
  writeFileSync(join(folder, 'notes of 2026-03-05/index.html'), '');
  const namesOf = (wanted: string): string[] => findRuns(wanted, folder).map(({ name }) => name);
  expect(namesOf('2026-03-05')).toEqual(['2026-03-05T000001Z-clicklogger', '2026-03-05T000000Z-clicklogger']);
  expect(namesOf('')).toHaveLength(3);
  expect(namesOf('03-04')).toEqual(['2026-03-04T101112Z-clicklogger']);
});

test.each([
  ['missing', undefined, 'ENOENT'],
  ['empty', '', 'Unexpected end of JSON input'],
  ['truncated', '{"status": "FAILED", "pl', 'JSON'],
  ['a record of another version', '{"state": "FAILED"}', 'status or place is missing'],
  ['a record with other types', '{"status": 1, "place": {}}', 'status or place is missing'],
  ['null', 'null', 'status or place is missing'],
])('A run whose record is %s is listed with the reason and its page.', async (_, content, reason) => {
  const page = await storeRun(failedRecord, folder);
  await storeRun({ ...emptyRecord, startedAt: '2026-03-05T00:00:00.000Z' }, folder);
  const record = join(page, '../run.json');
  if (content === undefined) rmSync(record);
  else writeFileSync(record, content);
  const [, [status, why] = []] = findRuns('', folder).map(describeRun);
  expect(status).toBe('?');
  expect(why).toContain(reason);
  expect(why).toContain(page);
});

test.each(['covid', '../x', '..', '/', '2026-03-04T101112Z-clicklogger/index.html'])(
  'The error for the unknown run %s has the command that lists the runs.',
  async (wanted) => {
    await storeRun(failedRecord, folder);
    expect(() => findRuns(wanted, folder)).toThrow(
      `No run matches "${wanted}". npm run report -- --list lists the stored runs.`,
    );
  },
);

test('The error without stored runs has the command that creates one.', () => {
  const missing = join(folder, 'missing');
  for (const wanted of ['', 'covid'])
    expect(() => findRuns(wanted, missing)).toThrow(
      `No runs are stored in ${missing}. npm run local creates one.`,
    );
});
