import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from './settings';

/** Files of a PySpark job for `spark-submit`: the entry point and the package. */
export interface JobFiles {
  readonly main: string;
  readonly package: string;
}

/**
 * Files of a job in the build folder.
 *
 * @throws SettingsError when the job is neither built nor in spark-jobs/
 */
export function jobFiles(projectFolder: string, name: string): JobFiles {
  const built = join(projectFolder, 'dist/spark-jobs', name);
  const files = { main: `${built}.py`, package: `${built}.zip` };
  const source = join(projectFolder, 'spark-jobs', name, 'main.py');
  if (!existsSync(files.main) && !existsSync(source)) {
    throw new SettingsError(
      `COVID_JOBS names ${name}, but ${source} does not exist: a job is a folder in spark-jobs/ with a main.py and a package.`,
    );
  }
  return files;
}
