import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRun, storedRuns, storeRun } from '../../../tools/run-page/stored-runs';
import { emptyRecord, failedRecord } from '../../fixtures/run-records';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stored-runs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
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
