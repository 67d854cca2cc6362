import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { stateFolder, stateName } from '../../config/state-location';
import { fromRoot, LOCAL, LOCAL_SYNTH, ROOT } from '../cli/paths';
import { errorFacts } from '../aws/aws-errors';
import { requireTarget } from '../teardown/stack-state';
import { managedResources } from '../terraform/state-document';
import { TaskError } from '../cli/errors';
import type { PipelineName } from '../runs/pipeline-inputs';
import { readPlan, type Plan } from '../terraform/plan/plan-format';
import type { Progress, StepOutput } from '../cli/progress';
import { synthesize, type SynthesizedStack } from '../terraform/synthesis';
import type { Target } from '../aws/target';
import { Terraform } from '../terraform/terraform';
import { describeEffects } from '../terraform/plan/plan-effects';
import { explained } from './terraform-errors';

/** A stack with the saved plan of what would be changed in it. */
export interface StackPlan {
  readonly name: PipelineName;
  readonly stack: SynthesizedStack;
  readonly terraform: Terraform;
  /** The saved plan. */
  readonly file: string;
  readonly plan: Plan;
}

/** Synthesizes the project and plans the chosen stacks; changes nothing. */
export async function planStacks(
  target: Target,
  names: readonly PipelineName[],
  progress: Progress,
): Promise<StackPlan[]> {
  const outdir = target.kind === 'local' ? LOCAL_SYNTH : fromRoot('cdktf.out');
  const stacks = await progress.step('Synthesize the stacks', () => synthesize(outdir, target.terraformEnv));
  const prepared = await progress.step('Prepare Terraform', (stepOutput) =>
    prepare(target, stacks, names, stepOutput),
  );
  const planned: StackPlan[] = [];
  const steps = prepared.map((stack) => ({
    title: `Plan the ${stack.name} stack`,
    run: async (stepOutput: StepOutput) => {
      planned.push(await planStack(stack, stepOutput));
    },
  }));
  await progress.steps(steps, steps.length);
  return names.flatMap((name) => planned.filter((plan) => plan.name === name));
}

type Prepared = Pick<StackPlan, 'name' | 'stack' | 'terraform'>;

/** One stack after the other: the providers' cache may be written by one Terraform at a time. */
async function prepare(
  target: Target,
  stacks: readonly SynthesizedStack[],
  names: readonly PipelineName[],
  { update }: StepOutput,
): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (const name of names) {
    const stack = stacks.find((candidate) => candidate.name === name);
    if (stack === undefined) throw new TaskError(`main.ts makes no stack "${name}".`);
    update(`terraform init, ${name}`);
    const log = join(LOCAL, 'logs', `exec-${name}.log`);
    const terraform = new Terraform(stack.folder, target.terraformEnv, log);
    await refuseForgottenState(target, name);
    await explained(stack, async () => {
      await terraform.init();
      requireTarget(target, name, managedResources(await terraform.pullState()));
    });
    prepared.push({ name, stack, terraform });
  }
  return prepared;
}

async function planStack(prepared: Prepared, { update, setTitle }: StepOutput): Promise<StackPlan> {
  const { name, stack, terraform } = prepared;
  const file = join(stack.folder, 'saved.tfplan');
  await explained(stack, () => terraform.plan(file, update));
  // In clear: ids and names are needed to ask AWS. No value of it is shown.
  const plan = readPlan(await terraform.showJson(file), `${name}.json`, { inClear: true });
  setTitle(`Plan the ${name} stack: ${describeEffects(plan)}`);
  return { ...prepared, file, plan };
}

/** With a state that is still in a file everything would be created a second time. */
async function refuseForgottenState({ settings, client }: Target, stack: string): Promise<void> {
  const { stateBucket } = settings;
  if (stateBucket === undefined) return;
  const name = stateName(settings, stack);
  const file = join(stateFolder(ROOT, settings.target), name);
  if (!existsSync(file)) return;
  try {
    await client(S3Client).send(new HeadObjectCommand({ Bucket: stateBucket, Key: name }));
  } catch (error) {
    if (errorFacts(error).status !== 404) throw error;
    throw new TaskError(
      `STATE_BUCKET is ${stateBucket}, which has no state of the stack ${stack}, but there is one in ${file}. Nothing was ` +
        `changed. Move it: aws s3 cp ${file} s3://${stateBucket}/${name}. If it is no longer needed, remove the file.`,
    );
  }
}
