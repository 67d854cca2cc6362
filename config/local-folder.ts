import { resolve } from 'node:path';

/**
 * Folder of everything that belongs to the local AWS of this checkout: its data, its logs, the Terraform state of what is
 * applied to it. CLICKLOGGER_LOCAL_DIR sets another one, so that two can run side by side.
 */
export function localFolder(projectFolder: string, environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(projectFolder, environment.CLICKLOGGER_LOCAL_DIR ?? '.local');
}
