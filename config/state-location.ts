import { join } from 'node:path';
import { localFolder } from './local-folder';
import type { Settings } from './settings';

/** Name of a stack's Terraform state: key in the state bucket, or file name. Every stage and region has its own. */
export function stateName(
  { appPrefix, stage, region }: Pick<Settings, 'appPrefix' | 'stage' | 'region'>,
  stack: string,
): string {
  return `${appPrefix}-${stage}-${region}-${stack}.tfstate`;
}

/** Folder of state files when there is no state bucket. That of the local AWS lies apart, so that the two never mix. */
export function stateFolder(projectFolder: string, target: Settings['target']): string {
  return target === 'local' ? join(localFolder(projectFolder), 'state') : join(projectFolder, '.state');
}
