import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from './settings';

/** What `spark-submit` gets of a PySpark job: its entry point and its package. */
export interface JobFiles {
  readonly main: string;
  readonly package: string;
}

/**
 * Where the build puts the files of a job.
 *
 * @throws SettingsError when nothing is built and there is no such job to build
 */
export function jobFiles(projectFolder: string, name: string): JobFiles {
  const built = join(projectFolder, 'dist/spark-jobs', name);
  const files = { main: `${built}.py`, package: `${built}.zip` };
  const source = join(projectFolder, 'spark-jobs', name, 'main.py');
  if (!existsSync(files.main) && !existsSync(source)) {
    throw new SettingsError(
      `COVID_JOBS names ${name}, but there is no ${source}: a job is a folder of spark-jobs/ with a main.py and a package.`,
    );
  }
  return files;
}
