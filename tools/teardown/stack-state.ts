import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import providerPackage from '@cdktf/provider-aws/package.json';
import { stateFolder, stateName } from '../../config/state-location';
import { arnOf } from '../aws/arns';
import { listStates } from '../aws/deployed';
import type { Target } from '../aws/target';
import { TaskError } from '../cli/errors';
import { LOCAL, ROOT } from '../cli/paths';
import { writeWhole } from '../setup/stamps.cjs';
import { managedResources, requireOwner, type StateResource } from '../terraform/state-document';
import { Terraform } from '../terraform/terraform';
import { explainErrors } from '../terraform/terraform-errors';
import type { Resource } from './resource';

/** A stack that has a Terraform state, with what that lists. */
export interface StackState {
  readonly name: string;
  readonly terraform: Terraform;
  readonly resources: readonly StateResource[];
}

/**
 * The states of the stage, each with a Terraform that can destroy what it lists. The configuration names only the
 * backend and the provider: a tear-down needs neither a build nor the settings that the stack was deployed with.
 * TaskError when a state names another account or region than the target's.
 */
export async function openStates(target: Target): Promise<StackState[]> {
  const { stage, region } = target;
  const states = (await listStates(target)).filter((state) => state.stage === stage);
  const own = states.filter((state) => state.region === region);
  // "Nothing is left" would mislead a user who has only named the wrong region.
  if (own.length === 0 && states[0] !== undefined)
    throw new TaskError(
      `There is no state of stage ${stage} for region ${region}, but there is ${states[0].name}. Nothing was changed. ` +
        'Set AWS_REGION to the region of that state.',
    );
  return Promise.all(own.map(({ stack }) => openState(target, stack)));
}

async function openState(target: Target, name: string): Promise<StackState> {
  const folder = join(LOCAL, 'cleanup', target.kind, stateName(target.settings, name));
  mkdirSync(folder, { recursive: true });
  const terraform = new Terraform(
    folder,
    target.terraformEnv,
    join(LOCAL, 'logs', `cleanup-${name}.log`),
    explainErrors(target.settings, name),
  );
  const resources = managedResources(await firstPull(terraform, configuration(target, name)));
  requireOwner(name, resources, target);
  return { name, terraform, resources };
}

/** The state, out of a folder that is initialized when it was not, or not for this configuration. */
async function firstPull(terraform: Terraform, configured: object): Promise<string> {
  const initialized = join(terraform.folder, 'initialized.json');
  const text = JSON.stringify(configured, undefined, 2);
  if (existsSync(initialized) && readFileSync(initialized, 'utf8') === text) {
    const state = await terraform.pullState().catch(() => undefined);
    if (state !== undefined) return state;
  }
  rmSync(initialized, { force: true });
  copyFileSync(join(ROOT, '.terraform.lock.hcl'), join(terraform.folder, '.terraform.lock.hcl'));
  writeWhole(join(terraform.folder, 'main.tf.json'), text);
  await terraform.init();
  writeWhole(initialized, text);
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

/** What belongs to something else: a table, an object or a rule of a group. */
const PARTS = [
  'aws_s3_object',
  'aws_glue_catalog_table',
  'aws_scheduler_schedule',
  'aws_vpc_security_group_ingress_rule',
  'aws_vpc_security_group_egress_rule',
];

/** The ARN of a resource of the state as its type has it; undefined for a part of another resource. */
export function arnInState(target: Target, { type, arn, id }: StateResource): string | undefined {
  if (type === 'aws_emr_security_configuration' && id !== undefined)
    return arnOf(target, 'elasticmapreduce', `security-configuration/${id}`);
  if (type === 'aws_cloudwatch_dashboard' && id !== undefined)
    return arnOf(target, 'cloudwatch', `dashboard/${id}`, { region: '' });
  return PARTS.includes(type) ? undefined : arn;
}

/** A bucket that stays keeps its encryption, its policy and its rules; only its notifications are removed. */
export function belongsTo({ type, id }: StateResource, buckets: readonly Resource[]): boolean {
  if (!type.startsWith('aws_s3_bucket') || type === 'aws_s3_bucket_notification') return false;
  // Some ids of the provider are "bucket,account".
  const bucket = id?.split(',')[0];
  return buckets.some(({ kind, id: name }) => kind === 'S3 bucket' && name === bucket);
}
