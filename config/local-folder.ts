import { join, resolve } from 'node:path';

/**
 * Folder of the local AWS of this checkout: its data, its logs and its Terraform state. CLICKLOGGER_LOCAL_DIR sets another
 * folder, so that two local AWS can run in parallel. An empty value and the checkout itself mean `.local`, because `local:down`
 * deletes folders in it, such as `emulator`.
 */
export function localFolder(projectFolder: string, environment: NodeJS.ProcessEnv = process.env): string {
  const folder = resolve(projectFolder, environment.CLICKLOGGER_LOCAL_DIR?.trim() ?? '');
  return folder === resolve(projectFolder) ? join(folder, '.local') : folder;
}
