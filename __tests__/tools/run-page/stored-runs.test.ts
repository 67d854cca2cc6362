import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRun, storedRuns, storeRun } from '../../../tools/run-page/stored-runs';
import { emptyRecord, failedRecord } from '../../fixtures/run-records';
import { temporaryFolder } from '../../support/fake-tools';

const parent = temporaryFolder();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(parent, 'stored-runs-'));
});

test('A run is kept as its record and its page, and runs are listed newest first.', async () => {
  const page = await storeRun(failedRecord, folder);
  expect(page).toBe(join(folder, '2026-03-04T101112Z-clicklogger', 'index.html'));
  expect(readFileSync(page, 'utf8')).toContain('JobRunFailed');
  await storeRun({ ...emptyRecord, startedAt: '2026-03-05T00:00:00.000Z' }, folder);
  expect(storedRuns(folder).map(({ name, record }) => [name, record.status])).toEqual([
    ['2026-03-05T000000Z-clicklogger', 'NOTHING_TO_DO'],
    ['2026-03-04T101112Z-clicklogger', 'FAILED'],
  ]);
  expect(storedRuns(folder)[1]?.record).toEqual(failedRecord);
});

test('The oldest run of a pipeline makes room for its 51st; those of the other and other files stay.', async () => {
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
    ...['0-notes-clicklogger', '2025-01-01T000000Z-covid'],
    ...[...days.slice(1), '2026-03-05'].map((day) => `${day}T000000Z-clicklogger`),
  ]);
});

test('The newest run is found by a part of its name.', async () => {
  await storeRun(failedRecord, folder);
  await storeRun({ ...emptyRecord, startedAt: '2026-03-05T00:00:00.000Z' }, folder);
  expect(findRun('', folder).name).toContain('2026-03-05');
  expect(findRun('2026-03-04', folder).name).toContain('2026-03-04');
});

test.each([
  ['', 'No run of this checkout is kept. npm run local makes one.'],
  ['covid', 'No run is called "covid". npm run report -- --list shows the runs that are kept.'],
])('The search for the run "%s" among none says what to do.', (wanted, message) => {
  expect(() => findRun(wanted, folder)).toThrow(message);
});
