import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config/settings';
import type { Progress } from '../cli/progress';
import { writeWhole } from '../setup/stamps.cjs';
import { planStacks } from '../terraform/stack-plan';
import { synthesize } from '../terraform/synthesis';
import { countPlan, type PlannedStack } from './summary';

/**
 * Synthesizes this checkout into `out` and plans every stack: `STACK.tfplan` for `terraform apply` in
 * `cdktf.out/stacks/STACK`, and `STACK.json` for `npm run plan:review`. Files of an earlier plan are removed. The state is not
 * locked.
 *
 * @param options.refresh false after an apply, where differences in the values that AWS returns are not drift
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

/** Prevents a mix of two plans in the folder. */
function clear(out: string): void {
  mkdirSync(out, { recursive: true });
  rmSync(join(out, 'cdktf.out'), { recursive: true, force: true });
  rmSync(join(out, 'summary.json'), { force: true });
}
