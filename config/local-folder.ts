import { join, resolve } from 'node:path';

/**
 * Folder of everything that belongs to the local AWS of this checkout: its data, its logs, the Terraform state of what is
 * applied to it. CLICKLOGGER_LOCAL_DIR sets another one, so that two can run side by side; an empty one, or the
 * checkout itself, stands for `.local`, as `local:down` erases folders in it such as `emulator`.
 */
export function localFolder(projectFolder: string, environment: NodeJS.ProcessEnv = process.env): string {
  const folder = resolve(projectFolder, environment.CLICKLOGGER_LOCAL_DIR?.trim() ?? '');
  return folder === resolve(projectFolder) ? join(folder, '.local') : folder;
}
