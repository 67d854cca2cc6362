import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_RUN, FOLDER_VARIABLE } from '../support/local-deployment';
import { requireTask, runTask } from '../support/local-run';
import { temporaryFolder } from '../support/temporary-folder';

/** Deploys to an empty local AWS of its own and runs both pipelines, once for all end-to-end tests. */
export default async function setup(): Promise<void> {
  const folder = temporaryFolder();
  process.env[FOLDER_VARIABLE] = folder;
  const env = { ...process.env, CLICKLOGGER_LOCAL_DIR: folder };
  await requireTask('local-up', ['--empty'], env);
  const end = await runTask('exec', ['all', '--local', '--yes', '--json'], env);
  writeFileSync(join(folder, FIRST_RUN), JSON.stringify(end));
}
