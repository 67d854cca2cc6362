import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config/settings';
import type { Progress } from '../cli/progress';
import { writeWhole } from '../setup/stamps.cjs';
import { planStacks } from '../terraform/stack-plan';
import { synthesize } from '../terraform/synthesis';
import { countPlan, type PlannedStack } from './summary';

/**
 * Synthesizes this checkout into `out` and plans every stack: `STACK.tfplan` (what `terraform apply` takes, from
 * `cdktf.out/stacks/STACK`) and `STACK.json` (what `npm run plan:review` takes). What an earlier plan has left there goes.
 * A task that changes the stage meanwhile is not held up, nor waited for.
 *
 * @param options.refresh false right after an apply: nobody has changed anything since, and what reads back a little
 *   different would be reported as drift
 */
export async function planInto(
  out: string,
  {
    env,
    settings,
    refresh,
  }: { readonly env: NodeJS.ProcessEnv; readonly settings: Settings; readonly refresh: boolean },
  progress: Progress,
): Promise<PlannedStack[]> {
  clear(out);
  const stacks = await progress.step('Synthesize the working tree', () =>
    synthesize(join(out, 'cdktf.out'), env),
  );
  const planned = await planStacks(stacks, { env, settings, task: 'plan', refresh, lock: false }, progress);
  return planned
    .map(({ name, file, json, plan }) => {
      const files = { plan: `${name}.tfplan`, json: `${name}.json` };
      renameSync(file, join(out, files.plan));
      writeWhole(join(out, files.json), json);
      return { name, ...files, changes: countPlan(plan) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A reader of the folder must never find half of two plans. */
function clear(out: string): void {
  mkdirSync(out, { recursive: true });
  rmSync(join(out, 'cdktf.out'), { recursive: true, force: true });
  rmSync(join(out, 'summary.json'), { force: true });
}
