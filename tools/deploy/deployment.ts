import { printError } from '../cli/output';
import { placeOptions } from '../../config/task-command';
import { atExit } from '../cli/exit-actions';
import { errorMessage, TaskError } from '../cli/errors';
import { forgetApplied, recordApplied } from '../local-aws/local-stack';
import type { PipelineName } from '../runs/pipeline-inputs';
import type { Lane, Progress, StepOutput } from '../cli/progress';
import type { Target } from '../aws/target';
import { changesAnything, countChanges } from '../terraform/plan/plan-effects';
import { countSteps } from './plan-summary';
import type { StackPlan } from './stack-plan';
import { explained } from './terraform-errors';

export type StackOutputs = Readonly<Partial<Record<PipelineName, unknown>>>;

/**
 * Applies exactly the saved plans, side by side, each to its end; resolves with the outputs of the stacks.
 *
 * @param again the command that continues after a failure or an interruption
 */
export async function applyPlans(
  target: Pick<Target, 'kind' | 'stage'>,
  plans: readonly StackPlan[],
  again: string,
  progress: Progress,
): Promise<StackOutputs> {
  const outputs: Partial<Record<PipelineName, unknown>> = {};
  const cancel = atExit(() => {
    const cleanup = ['npm run cleanup --', ...placeOptions(target.stage, target.kind)].join(' ');
    printError(
      'Terraform has finished the calls that were under way; its state lists what exists.\n' +
        `  To continue:          ${again}\n  To remove everything: ${cleanup}\n`,
    );
  });
  const lanes = plans.map((plan): Lane => ({
    title: plan.name,
    steps: [
      {
        title: 'Deploy',
        run: async (stepOutput) => {
          outputs[plan.name] = await apply(target, plan, stepOutput);
        },
      },
    ],
  }));
  const failures = await progress.lanes(lanes);
  cancel();
  if (failures.size > 0) {
    const list = [...failures].map(([name, reason]) => `${name}: ${errorMessage(reason)}`).join('\n\n');
    throw new TaskError(
      `${list}\n\nWhat was created before that is in the state. Fix the reason and continue: ${again}`,
    );
  }
  return outputs;
}

async function apply(
  { kind }: Pick<Target, 'kind'>,
  { name, stack, terraform, file, plan }: StackPlan,
  { update, setTitle }: StepOutput,
): Promise<Record<string, unknown>> {
  if (changesAnything(plan)) {
    // From here on what npm run local remembers of an earlier deployment is wrong.
    if (kind === 'local') forgetApplied(name);
    const total = countSteps(countChanges(plan.changes));
    const done = await explained(stack, () => terraform.applySaved(file, total, update));
    setTitle(`Deploy: ${done} of ${total} changes made`);
  } else {
    setTitle('Deploy: nothing to change');
  }
  const outputs = await terraform.outputs();
  if (kind === 'local') recordApplied(stack, outputs);
  return outputs;
}
