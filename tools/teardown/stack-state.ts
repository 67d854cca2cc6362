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

export interface StackState {
  readonly name: string;
  readonly terraform: Terraform;
  readonly resources: readonly StateResource[];
}

/**
 * The states of the stage, each with a Terraform working directory. Its configuration has only the backend and the
 * provider: cleanup needs neither a build nor the settings of the deployment.
 * TaskError when a state belongs to another account or region.
 */
export async function openStates(target: Target): Promise<StackState[]> {
  const { stage, region } = target;
  const states = (await listStates(target)).filter((state) => state.stage === stage);
  const own = states.filter((state) => state.region === region);
  // An empty result would be misleading when only the region is wrong.
  if (own.length === 0 && states[0] !== undefined)
    throw new TaskError(
      `Stage ${stage} has no state for region ${region}, but ${states[0].name} exists. Nothing was changed. ` +
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
  const resources = managedResources(await initializeAndPull(terraform, configuration(target, name)));
  requireOwner(name, resources, target);
  return { name, terraform, resources };
}

/** The state; initializes the working directory when its configuration has changed. */
async function initializeAndPull(terraform: Terraform, configured: object): Promise<string> {
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

/** Types whose resources are deleted with their parent. */
const PARTS = [
  'aws_s3_object',
  'aws_glue_catalog_table',
  'aws_scheduler_schedule',
  'aws_vpc_security_group_ingress_rule',
  'aws_vpc_security_group_egress_rule',
];

/** The ARN of a resource in a state; undefined for a part of another resource. */
export function arnInState(target: Target, { type, arn, id }: StateResource): string | undefined {
  if (type === 'aws_emr_security_configuration' && id !== undefined)
    return arnOf(target, 'elasticmapreduce', `security-configuration/${id}`);
  if (type === 'aws_cloudwatch_dashboard' && id !== undefined)
    return arnOf(target, 'cloudwatch', `dashboard/${id}`, { region: '' });
  return PARTS.includes(type) ? undefined : arn;
}

/** Whether the resource is one of the buckets or its configuration; notifications are not, and are removed. */
export function belongsTo({ type, id }: StateResource, buckets: readonly Resource[]): boolean {
  if (!type.startsWith('aws_s3_bucket') || type === 'aws_s3_bucket_notification') return false;
  // Some IDs of the provider are "bucket,account".
  const bucket = id?.split(',')[0];
  return buckets.some(({ kind, id: name }) => kind === 'S3 bucket' && name === bucket);
}
