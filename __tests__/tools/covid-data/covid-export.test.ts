import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TaskError } from '../../../tools/cli/errors';
import { checkExport, type CovidExport } from '../../../tools/covid-data/covid-export';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const GOOD = 'state,date,inpatient_beds\nTX,2021-01-01,100\nFL,2021-02-01,100\n';

function check(content: string, name = 'export.csv'): Promise<CovidExport> {
  const file = join(folder, name);
  writeFileSync(file, content);
  return checkExport(file);
}

test('The check returns rows, period and states of a file.', async () => {
  expect(await check(GOOD)).toMatchObject({
    rows: 2,
    columns: 3,
    bytes: GOOD.length,
    encoding: 'UTF-8',
    generated: false,
    states: ['FL', 'TX'],
    period: { first: '2021-01-01', last: '2021-02-01' },
    missing: [{ leavesEmpty: 'avg_icu_beds' }, {}, {}],
  });
});

test('The canonical name depends on the period and the content, not on the name of the file.', async () => {
  const [first, renamed, changed] = await Promise.all([
    check(GOOD, 'a.csv'),
    check(GOOD, 'b.txt'),
    check(GOOD.replace('100', '101'), 'c.csv'),
  ]);
  expect(first.canonicalName).toMatch(/^hhs-state-timeseries_2021-01-01_2021-02-01_[0-9a-f]{8}\.csv$/);
  expect(renamed.canonicalName).toBe(first.canonicalName);
  expect(changed.canonicalName).not.toBe(first.canonicalName);
});

test('Generated data is recognized by its header.', async () => {
  const found = await check('state,date,inpatient_beds,generated_sample_data\nTX,2021-01-01,100,x\n');
  expect(found).toMatchObject({ generated: true });
  expect(found.canonicalName).toMatch(/^generated-sample_2021-01-01_2021-01-01_/);
});

test('A file that the job rejects is a TaskError with the reason.', async () => {
  const checked = check('<!DOCTYPE html>\n<html>');
  await expect(checked).rejects.toThrow(TaskError);
  await expect(checked).rejects.toThrow(/export\.csv is a web page or XML, it begins with '<!DOCTYPE html>/);
});
