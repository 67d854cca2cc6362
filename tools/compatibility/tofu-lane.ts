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
  `OpenTofu ${TOFU_VERSION}, built from its Go module: plans no changes for stacks that Terraform applied to a local AWS, and ` +
  'destroys them';

/** Terraform applies both stacks to a separate local AWS. OpenTofu plans and destroys them. */
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
    // OpenTofu has another registry and other checksums.
    for (const file of ['.terraform', '.terraform.lock.hcl']) rmSync(join(folder, file), { recursive: true });
    const opentofu = new Terraform(folder, tofuEnv, join(LOCAL, 'logs', `tofu-${name}.log`));
    await opentofu.init();
    const changes = await opentofu.plan(join(scratch, `${name}.tfplan`), update);
    if (changes > 0) throw new TaskError(`OpenTofu would change ${changes} resources of ${name}.`);
    const destroyed = await opentofu.destroy(update);
    setTitle(`Destroy ${name} with OpenTofu: no changes, ${destroyed} resources destroyed`);
  });
}

/** Go verifies the checksum of the module. */
async function buildTofu({ update }: StepOutput): Promise<string> {
  const binary = join(LOCAL, 'tofu', TOFU_VERSION, 'tofu');
  if (existsSync(binary)) return binary;
  const go = (...args: string[]) =>
    requireCommand(`go ${args.join(' ')}`, 'go', args, { background: true }).catch((error: unknown) => {
      throw new TaskError(
        `The build of OpenTofu failed. It needs Go (https://go.dev/dl) and its module proxy.\n${errorMessage(error)}`,
      );
    });
  const { stdout } = await go('mod', 'download', '-json', `${MODULE}@${TOFU_VERSION}`);
  const { Dir: folder } = JSON.parse(stdout) as { readonly Dir: string };
  update('go build: about six minutes of CPU time');
  // -v prints each package, because a command without output is treated as hanging.
  await go('build', '-C', folder, '-v', '-trimpath', '-buildvcs=false', '-o', binary, './cmd/tofu');
  return binary;
}

/** Configures the local provider mirror, if any, under OpenTofu's registry name. */
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

/** Links each file or folder that matches `leaf`. OpenTofu only follows links of platform packages. */
function linkLeaves(source: string, target: string, leaf: RegExp): void {
  if (leaf.test(source)) {
    symlinkSync(source, target);
    return;
  }
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) linkLeaves(join(source, name), join(target, name), leaf);
}
