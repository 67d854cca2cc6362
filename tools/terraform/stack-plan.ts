import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config/settings';
import { contentHash } from '../build/content-hash';
import { TaskError } from '../cli/errors';
import { LOCAL } from '../cli/paths';
import type { Progress, StepOutput } from '../cli/progress';
import { describeEffects } from './plan/plan-effects';
import { readPlan, type Plan } from './plan/plan-format';
import { isStackFile, type SynthesizedStack } from './synthesis';
import { Terraform } from './terraform';
import { explainErrors } from './terraform-errors';

const SAVED_PLAN = 'saved.tfplan';

/** A stack with the saved plan of what would be changed in it. */
export interface StackPlan<Name extends string = string> {
  readonly name: Name;
  readonly stack: SynthesizedStack;
  readonly terraform: Terraform;
  /** The saved plan. */
  readonly file: string;
  /** Of the saved plan and of all that Terraform reads when it applies it, as they were when the plan was shown. */
  readonly hash: string;
  /** The output of `terraform show -json`, with every value in the clear. */
  readonly json: string;
  readonly plan: Plan;
}

export interface PlanOptions<Name> {
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Settings;
  /** First part of the names of the logs. */
  readonly task: string;
  /** Whether `plan` has every value as it is: to ask AWS about what it names, not to show it. @default false */
  readonly inClear?: boolean;
  /** As of Terraform.plan. */
  readonly refresh?: boolean;
  /** As of Terraform.plan. */
  readonly lock?: boolean;
  /** Called before the plan of a stack is made, once Terraform has read its backend; what it throws prevents the plan. */
  readonly check?: (name: Name, terraform: Terraform) => Promise<void>;
}

/** The stacks of these names; TaskError when main.ts does not make one. */
export function selectStacks<Name extends string>(
  stacks: readonly SynthesizedStack[],
  names: readonly Name[],
): SynthesizedStack<Name>[] {
  return names.map((name) => {
    const stack = stacks.find((candidate) => candidate.name === name);
    if (stack === undefined) throw new TaskError(`main.ts makes no stack "${name}".`);
    return { ...stack, name };
  });
}

/** Plans the stacks side by side, each into its folder; changes nothing. */
export async function planStacks<Name extends string>(
  stacks: readonly SynthesizedStack<Name>[],
  options: PlanOptions<Name>,
  progress: Progress,
): Promise<StackPlan<Name>[]> {
  const planned: StackPlan<Name>[] = [];
  const steps = stacks.map((stack) => ({
    title: `Plan the ${stack.name} stack`,
    run: async (stepOutput: StepOutput) => {
      planned.push(await planStack(stack, options, stepOutput));
    },
  }));
  await progress.steps(steps, steps.length);
  return stacks.flatMap(({ name }) => planned.filter((plan) => plan.name === name));
}

async function planStack<Name extends string>(
  stack: SynthesizedStack<Name>,
  { env, settings, task, inClear = false, refresh = true, lock = true, check }: PlanOptions<Name>,
  { update, setTitle }: StepOutput,
): Promise<StackPlan<Name>> {
  const { name, folder } = stack;
  const terraform = new Terraform(
    folder,
    env,
    join(LOCAL, 'logs', `${task}-${name}.log`),
    explainErrors(settings, name),
  );
  update('terraform init');
  await terraform.init();
  await check?.(name, terraform);
  const file = join(folder, SAVED_PLAN);
  await terraform.plan(file, update, { refresh, lock });
  // Before it is read to be shown: what comes in between is refused too.
  const hash = planHash(stack);
  const json = await terraform.showJson(file);
  const plan = readPlan(json, `${name}.json`, { inClear });
  setTitle(`Plan the ${name} stack: ${describeEffects(plan)}`);
  return { name, stack, terraform, file, hash, json, plan };
}

/** TaskError when the saved plan, or a file that it uses, is not what was shown. */
export function requireShownPlan({ name, stack, hash }: Pick<StackPlan, 'name' | 'stack' | 'hash'>): void {
  if (existsSync(stack.folder) && planHash(stack) === hash) return;
  throw new TaskError(
    `The plan of the stack ${name}, or a file that it uses, is not what was shown: something has changed ` +
      `${stack.folder} meanwhile. Nothing of this stack was applied. Run the command again, and check its plan.`,
  );
}

/** Of the saved plan in the folder of a stack, and of what Terraform reads there when it applies it. */
export function planHash({ folder }: SynthesizedStack): string {
  return contentHash([folder], (path) => path === SAVED_PLAN || isStackFile(path));
}
