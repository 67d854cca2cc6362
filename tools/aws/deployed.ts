import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { stateFolder, stateName } from '../../config/state-location';
import { ROOT } from '../cli/paths';
import { managedResources, type StateResource } from '../terraform/state-document';
import type { Target } from './target';

/** A stack with resources, by its Terraform state. */
export interface DeployedStack {
  readonly stage: string;
  readonly stack: string;
  readonly resources: readonly StateResource[];
}

/** Every stack of every stage of this application in the target's region that has resources. Only reads. */
export async function findDeployed(target: Target): Promise<DeployedStack[]> {
  const { appPrefix, region } = target.settings;
  const found: DeployedStack[] = [];
  for (const name of await stateNames(target)) {
    const parsed = parseStateName(name, { appPrefix, region });
    if (parsed === undefined) continue;
    const resources = managedResources(await readState(target, name));
    if (resources.length > 0) found.push({ ...parsed, resources });
  }
  return found;
}

/** Stage and stack of a state's name; undefined for another application's or region's. */
export function parseStateName(
  name: string,
  { appPrefix, region }: Pick<Target['settings'], 'appPrefix' | 'region'>,
): { readonly stage: string; readonly stack: string } | undefined {
  const [, stage, stack] = /^(.*?)\|(.*)\.tfstate$/.exec(name.replace(`-${region}-`, '|')) ?? [];
  if (!stage?.startsWith(`${appPrefix}-`) || stack === undefined) return undefined;
  const onlyStage = stage.slice(appPrefix.length + 1);
  return stateName({ appPrefix, stage: onlyStage, region }, stack) === name && !onlyStage.includes('-')
    ? { stage: onlyStage, stack }
    : undefined;
}

async function stateNames({ settings, client }: Target): Promise<string[]> {
  if (settings.stateBucket === undefined) {
    const folder = stateFolder(ROOT, settings.target);
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }
  const names: string[] = [];
  const request = { Bucket: settings.stateBucket, Prefix: `${settings.appPrefix}-` };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: client(S3Client) }, request)) {
    names.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  return names;
}

async function readState({ settings, client }: Target, name: string): Promise<string> {
  const { stateBucket, target } = settings;
  if (stateBucket === undefined) return readFileSync(join(stateFolder(ROOT, target), name), 'utf8');
  const { Body } = await client(S3Client).send(new GetObjectCommand({ Bucket: stateBucket, Key: name }));
  return Body === undefined ? '' : Body.transformToString();
}
