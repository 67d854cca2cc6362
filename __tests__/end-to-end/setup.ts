import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIRST_RUN, FOLDER_VARIABLE } from '../support/local-deployment';
import { runTask } from '../support/local-run';

/** Runs the whole of `npm run local` once, in a folder of its own, for all end-to-end tests. */
export default async function setup(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'end-to-end-'));
  process.env[FOLDER_VARIABLE] = folder;
  const end = await runTask('local', ['--json', '--keep'], { ...process.env, CLICKLOGGER_LOCAL_DIR: folder });
  writeFileSync(join(folder, FIRST_RUN), JSON.stringify(end));
}
