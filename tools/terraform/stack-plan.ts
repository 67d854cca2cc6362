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

export interface StackPlan<Name extends string = string> {
  readonly name: Name;
  readonly stack: SynthesizedStack;
  readonly terraform: Terraform;
  readonly file: string;
  /** Hash of the saved plan and the files of the stack when the plan was shown. */
  readonly hash: string;
  /** The output of `terraform show -json`, with sensitive values. */
  readonly json: string;
  readonly plan: Plan;
}

export interface PlanOptions<Name> {
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Settings;
  /** Prefix of the names of the logs. */
  readonly task: string;
  /** Whether `plan` has sensitive values, for calls of AWS; not for output. @default false */
  readonly inClear?: boolean;
  /** As of Terraform.plan. */
  readonly refresh?: boolean;
  /** As of Terraform.plan. */
  readonly lock?: boolean;
  /** Called after `terraform init` and before the plan; an error prevents the plan. */
  readonly check?: (name: Name, terraform: Terraform) => Promise<void>;
}

/** The stacks with these names; TaskError when main.ts does not define one. */
export function selectStacks<Name extends string>(
  stacks: readonly SynthesizedStack[],
  names: readonly Name[],
): SynthesizedStack<Name>[] {
  return names.map((name) => {
    const stack = stacks.find((candidate) => candidate.name === name);
    if (stack === undefined) throw new TaskError(`main.ts does not define the stack "${name}".`);
    return { ...stack, name };
  });
}

/** Plans the stacks in parallel, each into its folder. */
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
  // Before the plan is read, so that requireShownPlan also finds changes in between.
  const hash = planHash(stack);
  const json = await terraform.showJson(file);
  const plan = readPlan(json, `${name}.json`, { inClear });
  setTitle(`Plan the ${name} stack: ${describeEffects(plan)}`);
  return { name, stack, terraform, file, hash, json, plan };
}

/** TaskError when the saved plan or a file of the stack has changed since the plan was shown. */
export function requireShownPlan({ name, stack, hash }: Pick<StackPlan, 'name' | 'stack' | 'hash'>): void {
  if (existsSync(stack.folder) && planHash(stack) === hash) return;
  throw new TaskError(
    `The plan of the stack ${name}, or a file that it uses, has changed since it was shown (${stack.folder}). ` +
      'The stack was not applied. Run the command again and check the new plan.',
  );
}

/** Hash of the saved plan in the folder of a stack and of the files that an apply reads. */
export function planHash({ folder }: SynthesizedStack): string {
  return contentHash([folder], (path) => path === SAVED_PLAN || isStackFile(path));
}
