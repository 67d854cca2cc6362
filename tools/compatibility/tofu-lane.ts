import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSteps } from '../build/build';
import { requireCommand } from '../cli/command';
import { errorMessage, TaskError } from '../cli/errors';
import { LOCAL } from '../cli/paths';
import type { Progress, StepOutput } from '../cli/progress';
import { clientEnvironment } from '../local-aws/client-environment';
import { scratchFolder, startPrivate } from '../plan/base-deployment';
import { findProviderMirror, REGISTRY } from '../setup/provider-mirror.cjs';
import { synthesize, type SynthesizedStack } from '../terraform/synthesis';
import { Terraform } from '../terraform/terraform';
import { changed } from '../terraform/terraform-environment';

const MODULE = 'github.com/opentofu/opentofu';
export const TOFU_VERSION = 'v1.12.6';

export const TOFU_SUMMARY =
  `OpenTofu ${TOFU_VERSION}, built from its Go module: takes over what Terraform has applied to a local AWS, finds nothing to ` +
  'change, and removes it';

/** Terraform applies both stacks to a local AWS of their own; OpenTofu takes their states over, plans and destroys them. */
export async function runTofuLane(progress: Progress, settings: NodeJS.ProcessEnv): Promise<void> {
  await progress.steps(buildSteps());
  const tofu = await progress.step(`Build OpenTofu ${TOFU_VERSION}`, buildTofu);
  const scratch = scratchFolder();
  const instance = await progress.step('Start a local AWS', () => startPrivate(join(scratch, 'emulator')));
  const state = { CLICKLOGGER_LOCAL_DIR: join(scratch, 'local'), ...settings };
  const env = changed(process.env, clientEnvironment(instance, 'us-east-1'), state);
  const stacks = await progress.step('Synthesize', () => synthesize(join(scratch, 'cdktf.out'), env));
  const tofuEnv = {
    ...env,
    TERRAFORM_BINARY_NAME: tofu,
    TF_CLI_CONFIG_FILE: tofuConfiguration(scratch, env),
  };
  const forEach = (work: (stack: SynthesizedStack, output: StepOutput) => Promise<void>) =>
    progress.steps(
      stacks.map((stack) => ({ title: stack.name, run: (output: StepOutput) => work(stack, output) })),
      stacks.length,
    );
  await forEach(async ({ name, folder }, { update, setTitle }) => {
    const terraform = new Terraform(folder, env, join(LOCAL, 'logs', `tofu-${name}.log`));
    await terraform.init();
    setTitle(`Apply ${name} with Terraform: ${await terraform.apply(update)} resources`);
  });
  await forEach(async ({ name, folder }, { update, setTitle }) => {
    // What Terraform has installed there; OpenTofu has a registry and checksums of its own.
    for (const file of ['.terraform', '.terraform.lock.hcl']) rmSync(join(folder, file), { recursive: true });
    const opentofu = new Terraform(folder, tofuEnv, join(LOCAL, 'logs', `tofu-${name}.log`));
    await opentofu.init();
    const changes = await opentofu.plan(join(scratch, `${name}.tfplan`), update);
    if (changes > 0) throw new TaskError(`OpenTofu would change ${changes} resources of ${name}.`);
    const destroyed = await opentofu.destroy(update);
    setTitle(`Take over ${name} with OpenTofu: nothing to change, ${destroyed} resources removed`);
  });
}

/** Go checks the module against its checksum database. */
async function buildTofu({ update }: StepOutput): Promise<string> {
  const binary = join(LOCAL, 'tofu', TOFU_VERSION, 'tofu');
  if (existsSync(binary)) return binary;
  const go = (...args: string[]) =>
    requireCommand(`go ${args.join(' ')}`, 'go', args, { background: true }).catch((error: unknown) => {
      throw new TaskError(
        `OpenTofu cannot be built; this needs Go (https://go.dev/dl) and its module proxy.\n${errorMessage(error)}`,
      );
    });
  const { stdout } = await go('mod', 'download', '-json', `${MODULE}@${TOFU_VERSION}`);
  const { Dir: folder } = JSON.parse(stdout) as { readonly Dir: string };
  update('go build: about six minutes of one processor');
  // -v names each package: a command that prints nothing for long counts as hanging.
  await go('build', '-C', folder, '-v', '-trimpath', '-buildvcs=false', '-o', binary, './cmd/tofu');
  return binary;
}

/** The same provider from the mirror of this machine, under the name that OpenTofu gives it; its own registry without one. */
function tofuConfiguration(scratch: string, env: NodeJS.ProcessEnv): string {
  const mirror = findProviderMirror({ env });
  const path = join(scratch, 'providers');
  if (mirror !== undefined)
    linkLeaves(
      join(mirror, REGISTRY, 'hashicorp/aws'),
      join(path, 'registry.opentofu.org/hashicorp/aws'),
      /_\w+$|\.zip$/,
    );
  const file = join(scratch, 'tofu.tfrc');
  const method = mirror === undefined ? 'direct {}' : `filesystem_mirror { path = ${JSON.stringify(path)} }`;
  writeFileSync(file, `provider_installation {\n  ${method}\n}\n`);
  return file;
}

/** Links to what is called like `leaf`, a package for one platform: OpenTofu follows links only there. */
function linkLeaves(source: string, target: string, leaf: RegExp): void {
  if (leaf.test(source)) {
    symlinkSync(source, target);
    return;
  }
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) linkLeaves(join(source, name), join(target, name), leaf);
}
