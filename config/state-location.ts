import { join } from 'node:path';
import { localFolder } from './local-folder';
import type { Settings } from './settings';

/** Name of the Terraform state of a stack: key in the state bucket, or file name. It is unique for each stage and region. */
export function stateName(
  { appPrefix, stage, region }: Pick<Settings, 'appPrefix' | 'stage' | 'region'>,
  stack: string,
): string {
  return `${appPrefix}-${stage}-${region}-${stack}.tfstate`;
}

/** Folder of state files without a state bucket. The local AWS has a separate folder. */
export function stateFolder(projectFolder: string, target: Settings['target']): string {
  return target === 'local' ? join(localFolder(projectFolder), 'state') : join(projectFolder, '.state');
}
