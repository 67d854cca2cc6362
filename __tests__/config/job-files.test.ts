import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jobFiles } from '../../config/job-files';
import { SettingsError } from '../../config/settings';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();

test.each(['spark-jobs/source/main.py', 'dist/spark-jobs/built.py'])(
  'A job exists when the file %s exists.',
  (path) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
    const name = path.startsWith('dist') ? 'built' : 'source';
    expect(jobFiles(folder, name)).toEqual({
      main: join(folder, `dist/spark-jobs/${name}.py`),
      package: join(folder, `dist/spark-jobs/${name}.zip`),
    });
  },
);

test('A job without a folder is rejected with the setting, the job and the missing file.', () => {
  const message = `COVID_JOBS names bed-trend, but ${join(folder, 'spark-jobs/bed-trend/main.py')} does not exist: a job is`;
  expect(() => jobFiles(folder, 'bed-trend')).toThrow(SettingsError);
  expect(() => jobFiles(folder, 'bed-trend')).toThrow(message);
});
