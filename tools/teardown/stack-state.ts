import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import providerPackage from '@cdktf/provider-aws/package.json';
import { stateFolder, stateName } from '../../config/state-location';
import { LOCAL, ROOT } from '../cli/paths';
import { TaskError } from '../cli/errors';
import { writeWhole } from '../setup/stamps.cjs';
import type { Target } from '../aws/target';
import { Terraform } from '../terraform/terraform';
import { managedResources, type StateResource } from '../terraform/state-document';

/** A stack that has a Terraform state, with what that says. */
export interface StackState {
  readonly name: string;
  readonly terraform: Terraform;
  readonly resources: readonly StateResource[];
}

/**
 * The states of the stage, each with a Terraform that can destroy what it lists. The configuration names only the
 * backend and the provider: a tear-down needs neither a build nor the settings that the stack was deployed with.
 * TaskError when a state speaks of another account or region than the target's.
 */
export async function openStates(target: Target): Promise<StackState[]> {
  const names = await stackNames(target);
  if (names.length === 0) await refuseOtherRegion(target);
  return Promise.all(names.map((name) => openState(target, name)));
}

async function openState(target: Target, name: string): Promise<StackState> {
  const folder = join(LOCAL, 'cleanup', target.kind, stateName(target.settings, name));
  mkdirSync(folder, { recursive: true });
  const terraform = new Terraform(folder, target.terraformEnv, join(LOCAL, 'logs', `cleanup-${name}.log`));
  const resources = managedResources(await firstPull(terraform, configuration(target, name)));
  requireTarget(target, name, resources);
  return { name, terraform, resources };
}

/** The state, out of a folder that is initialized when it was not, or not for this configuration. */
async function firstPull(terraform: Terraform, configured: object): Promise<string> {
  const file = join(terraform.folder, 'main.tf.json');
  const lockFile = join(terraform.folder, '.terraform.lock.hcl');
  const text = JSON.stringify(configured, undefined, 2);
  // Terraform writes its lock file last.
  if (existsSync(lockFile) && existsSync(file) && readFileSync(file, 'utf8') === text) {
    const state = await terraform.pullState().catch(() => undefined);
    if (state !== undefined) return state;
  }
  rmSync(lockFile, { force: true });
  writeWhole(file, text);
  await terraform.init();
  return terraform.pullState();
}

/** What the state lists now. */
export async function readAgain(state: StackState): Promise<StackState> {
  return { ...state, resources: managedResources(await state.terraform.pullState()) };
}

function configuration({ settings, account, region }: Target, name: string): object {
  const key = stateName(settings, name);
  const backend =
    settings.stateBucket === undefined
      ? { local: { path: join(stateFolder(ROOT, settings.target), key) } }
      : { s3: { bucket: settings.stateBucket, key, region, encrypt: true, use_lockfile: true } };
  const { version } = providerPackage.cdktf.provider;
  return {
    terraform: { required_providers: { aws: { source: 'hashicorp/aws', version } }, backend },
    provider: { aws: [{ region, allowed_account_ids: [account] }] },
  };
}

async function stackNames({ settings, client }: Target): Promise<string[]> {
  const [before = '', after = ''] = stateName(settings, '*').split('*');
  const names = await stateNames(settings, client, before);
  return names
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .map((name) => name.slice(before.length, -after.length))
    .sort();
}

async function stateNames(
  { stateBucket, target }: Target['settings'],
  client: Target['client'],
  Prefix: string,
): Promise<string[]> {
  if (stateBucket === undefined) {
    const folder = stateFolder(ROOT, target);
    return existsSync(folder) ? readdirSync(folder) : [];
  }
  const { Contents = [] } = await client(S3Client).send(
    new ListObjectsV2Command({ Bucket: stateBucket, Prefix }),
  );
  return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
}

/** TaskError when the resources of a state belong to another account or region than the target. */
export function requireTarget(target: Target, stack: string, resources: readonly StateResource[]): void {
  for (const { address, arn } of resources) {
    const [, , , region = '', account = ''] = (arn ?? '').split(':');
    // Policies of AWS's own have the account "aws".
    if (/^\d+$/.test(account) && account !== target.account) {
      throw new TaskError(
        `The state of the stack ${stack} says account ${account} (${address}), but the credentials belong to ` +
          `${target.account}. Nothing was changed. Use the credentials of account ${account} (AWS_PROFILE).`,
      );
    }
    if (region !== '' && region !== target.region) {
      throw new TaskError(
        `The state of the stack ${stack} says region ${region} (${address}), but the setting AWS_REGION is ` +
          `${target.region}. Nothing was changed. Set AWS_REGION=${region}.`,
      );
    }
  }
}

/** "Nothing is left" would be a poor answer to somebody who has only named the wrong region. */
async function refuseOtherRegion({ settings, client }: Target): Promise<void> {
  const { appPrefix, stage, region } = settings;
  const prefix = `${appPrefix}-${stage}-`;
  const others = await stateNames(settings, client, prefix);
  const other = others.find(
    (name) =>
      name.startsWith(prefix) && /^[a-z]{2}(-[a-z]+)+-\d-.+\.tfstate$/.test(name.slice(prefix.length)),
  );
  if (other === undefined) return;
  throw new TaskError(
    `There is no state of stage ${stage} for region ${region}, but there is ${other}. Nothing was changed. ` +
      'Set AWS_REGION to the region of that state.',
  );
}
