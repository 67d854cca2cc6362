import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL } from '../cli/paths';
import { clientEnvironment } from '../local-aws/client-environment';
import { startEmulator, stopEmulator } from '../local-aws/emulator-process';
import { atExit } from '../cli/exit-actions';
import type { Progress } from '../cli/progress';
import { synthesize, type SynthesizedStack } from '../terraform/synthesis';
import { Terraform } from '../terraform/terraform';
import { changed } from '../terraform/terraform-environment';
import { appliedHash, isKept, keepApplied, takeApplied } from './applied-base';
import { addWorktree, buildBase, explain, provideNodeModules } from './base-checkout';
import type { Revision } from './git';

/** Shortens the waits of provisioning. */
const CLOCK_FACTOR = 100;

export interface BaseDeployment {
  /** Environment to synthesize and plan the working tree with the same local AWS and Terraform state. */
  readonly env: NodeJS.ProcessEnv;
  readonly stacks: readonly string[];
}

/**
 * Applies the stacks of `revision`, from a separate checkout, to a private local AWS. Reuses the base of the last plan when
 * it is equal: the AWS provider waits 55 s for each lifecycle configuration. The temporary folder is removed with the task.
 *
 * @param env settings and environment of the base and the working tree
 */
export async function deployBase(
  revision: Revision,
  region: string,
  env: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<BaseDeployment> {
  const scratch = scratchFolder();
  const checkout = join(scratch, 'base');
  await progress.step(`Check out ${revision.ref}`, async (stepOutput) => {
    await addWorktree(revision, checkout);
    const packages = await provideNodeModules(checkout, stepOutput);
    stepOutput.setTitle(`Check out ${revision.ref}: ${revision.commit.slice(0, 12)}, ${packages} packages`);
  });
  await progress.step(`Build ${revision.ref}`, (stepOutput) => buildBase(checkout, revision, stepOutput));
  const stateDir = join(scratch, 'emulator');
  const start = async (): Promise<NodeJS.ProcessEnv> => {
    const state = { CLICKLOGGER_LOCAL_DIR: join(scratch, 'local') };
    return changed(env, clientEnvironment(await startPrivate(stateDir), region, env), state);
  };
  let baseEnv = await progress.step('Start a local AWS', start);
  const stacks = await progress.step(`Synthesize ${revision.ref}`, () =>
    explain(revision, 'cannot be synthesized', synthesize(join(scratch, 'cdktf.out'), baseEnv, checkout)),
  );
  const hash = appliedHash(stacks);
  const isTaken =
    isKept(hash) &&
    (await progress.step(`Reuse ${revision.ref} of the last plan`, async () => {
      await stopEmulator(stateDir);
      const taken = await takeApplied(hash, scratch);
      baseEnv = await start();
      return taken;
    }));
  if (!isTaken) {
    await applyAll(revision, stacks, baseEnv, progress);
    atExit(async () => {
      await stopEmulator(stateDir);
      await keepApplied(hash, scratch);
    });
  }
  return { env: baseEnv, stacks: stacks.map(({ name }) => name) };
}

async function applyAll(
  revision: Revision,
  stacks: readonly SynthesizedStack[],
  env: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<void> {
  const steps = stacks.map(({ name, folder }) => ({
    title: `Apply ${name} of ${revision.ref}`,
    run: async ({ update, setTitle }: Parameters<typeof buildBase>[2]) => {
      const terraform = new Terraform(folder, env, join(LOCAL, 'logs', `plan-base-${name}.log`));
      update('terraform init');
      await terraform.init();
      const count = await explain(revision, 'cannot be applied', terraform.apply(update));
      setTitle(`Apply ${name} of ${revision.ref}: ${count} resources`);
    },
  }));
  await progress.steps(steps, steps.length);
}

/** A temporary folder that is removed with the task. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clicklogger-plan-'));
  atExit(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return folder;
}

/** A local AWS that stops with the task, with its state in `stateDir`. */
export async function startPrivate(stateDir: string) {
  atExit(async () => {
    await stopEmulator(stateDir);
  });
  return startEmulator({ stateDir, clockFactor: CLOCK_FACTOR, parent: process.pid });
}
