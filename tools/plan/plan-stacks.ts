import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL } from '../cli/paths';
import { describeEffects } from '../terraform/plan/plan-effects';
import { readPlan } from '../terraform/plan/plan-format';
import type { Progress, StepOutput } from '../cli/progress';
import { writeWhole } from '../setup/stamps.cjs';
import { synthesize, type SynthesizedStack } from '../terraform/synthesis';
import { Terraform } from '../terraform/terraform';
import { countPlan, type PlannedStack } from './summary';

/**
 * Synthesizes this checkout into `out` and plans every stack: `STACK.tfplan` (what `terraform apply` takes, from
 * `cdktf.out/stacks/STACK`) and `STACK.json` (what `npm run plan:review` takes). What an earlier plan has left there goes.
 *
 * @param options.refresh false right after an apply: nobody has changed anything since, and what reads back a little
 *   different would be reported as drift
 */
export async function planStacks(
  out: string,
  env: NodeJS.ProcessEnv,
  progress: Progress,
  { refresh }: { readonly refresh: boolean },
): Promise<PlannedStack[]> {
  clear(out);
  const stacks = await progress.step('Synthesize the working tree', () =>
    synthesize(join(out, 'cdktf.out'), env),
  );
  const planned: PlannedStack[] = [];
  const steps = stacks.map((stack) => ({
    title: `Plan ${stack.name}`,
    run: async (stepOutput: StepOutput) => {
      planned.push(await planStack(stack, out, { env, refresh }, stepOutput));
    },
  }));
  await progress.steps(steps, steps.length);
  return planned.sort((a, b) => a.name.localeCompare(b.name));
}

async function planStack(
  { name, folder }: SynthesizedStack,
  out: string,
  { env, refresh }: { readonly env: NodeJS.ProcessEnv; readonly refresh: boolean },
  { update, setTitle }: StepOutput,
): Promise<PlannedStack> {
  const terraform = new Terraform(folder, env, join(LOCAL, 'logs', `plan-${name}.log`));
  update('terraform init');
  await terraform.init();
  const files = { plan: `${name}.tfplan`, json: `${name}.json` };
  await terraform.plan(join(out, files.plan), update, { refresh });
  const json = await terraform.showJson(join(out, files.plan));
  writeWhole(join(out, files.json), json);
  const plan = readPlan(json, files.json);
  setTitle(`Plan ${name}: ${describeEffects(plan)}`);
  return { name, ...files, changes: countPlan(plan) };
}

/** A reader of the folder must never find half of two plans. */
function clear(out: string): void {
  mkdirSync(out, { recursive: true });
  rmSync(join(out, 'cdktf.out'), { recursive: true, force: true });
  rmSync(join(out, 'summary.json'), { force: true });
}
