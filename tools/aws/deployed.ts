import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { stateFolder } from '../../config/state-location';
import { ROOT } from '../cli/paths';
import { managedResources, type StateResource } from '../terraform/state-document';
import { listObjects, readObject } from './s3-objects';
import type { Target } from './target';

interface StateLocation {
  /** File name, or key in the state bucket. */
  readonly name: string;
  readonly stage: string;
  readonly region: string;
  readonly stack: string;
}

export interface DeployedStack {
  readonly stage: string;
  readonly stack: string;
  readonly resources: readonly StateResource[];
}

/** All stacks with resources of all stages of this application in the target's region. Read-only. */
export async function findDeployed(target: Target): Promise<DeployedStack[]> {
  const { settings, client, region } = target;
  const { stateBucket } = settings;
  const read = (name: string): Promise<string> =>
    stateBucket === undefined
      ? readFile(join(stateFolder(ROOT, settings.target), name), 'utf8')
      : readObject(client(S3), `s3://${stateBucket}/${name}`);
  const states = (await listStates(target)).filter((state) => state.region === region);
  const stacks = await Promise.all(
    states.map(async ({ name, stage, stack }) => ({
      stage,
      stack,
      resources: managedResources(await read(name)),
    })),
  );
  return stacks.filter(({ resources }) => resources.length > 0);
}

/** The states of all stages and regions of this application, sorted by name. */
export async function listStates({ settings, client }: Target): Promise<StateLocation[]> {
  const { appPrefix, stateBucket } = settings;
  const folder = stateFolder(ROOT, settings.target);
  const inFolder = (): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const names =
    stateBucket === undefined
      ? inFolder()
      : (await listObjects(client(S3), { Bucket: stateBucket, Prefix: `${appPrefix}-` })).map(
          ({ Key }) => Key,
        );
  return names.sort().flatMap((name) => parseStateName(name, appPrefix) ?? []);
}

/** Parses a state name of config/state-location.ts; undefined for names of other applications. */
function parseStateName(name: string, appPrefix: string): StateLocation | undefined {
  if (!name.startsWith(`${appPrefix}-`)) return undefined;
  // Stage `qa` of `clicklogger-dev` is not `dev` in a region `qa-us-east-1`.
  const parts = /^([a-z0-9]+)-([a-z]{2}(?:-[a-z]{3,}){1,2}-\d)-(.+)\.tfstate$/.exec(
    name.slice(appPrefix.length + 1),
  );
  const [, stage, region, stack] = parts ?? [];
  if (stage === undefined || region === undefined || stack === undefined) return undefined;
  return { name, stage, region, stack };
}
