import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from '../cli/exit-actions';

/** Removes each permission of each role in turn, and shows what works without it. Resolves with the exit code. */
export async function breakPermissions(options: { readonly json: boolean }): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'faults-permissions-'));
  atExit(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  // Read when the modules below are loaded: the local AWS of the checkout is left alone.
  process.env.CLICKLOGGER_LOCAL_DIR = folder;
  const { removeEachPermission } = await import('./permissions/run.js');
  return removeEachPermission(options);
}
