import { printError } from '../cli/output';
import { placeOptions } from '../../config/task-command';
import { atExit } from '../cli/exit-actions';
import { errorMessage, TaskError } from '../cli/errors';
import { calledAs } from '../cli/task';
import { forgetApplied, recordApplied } from '../local-aws/local-stack';
import type { PipelineName } from '../runs/pipeline-inputs';
import type { Lane, Progress, StepOutput } from '../cli/progress';
import type { Target } from '../aws/target';
import { changesAnything, countChanges } from '../terraform/plan/plan-effects';
import { requireShownPlan, type StackPlan } from '../terraform/stack-plan';
import { countSteps } from './plan-summary';

export type StackOutputs = Readonly<Partial<Record<PipelineName, unknown>>>;

/** Applies the saved plans concurrently; resolves with the outputs of the stacks. */
export async function applyPlans(
  target: Pick<Target, 'kind' | 'stage'>,
  plans: readonly StackPlan<PipelineName>[],
  progress: Progress,
): Promise<StackOutputs> {
  const outputs: Partial<Record<PipelineName, unknown>> = {};
  const cancel = atExit(() => {
    const cleanup = ['npm run cleanup --', ...placeOptions(target.stage, target.kind)].join(' ');
    printError(
      'Terraform has completed the running operations. Its state lists the existing resources.\n' +
        `  To continue:          ${calledAs()}\n  To remove everything: ${cleanup}\n`,
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
      `${list}\n\nThe state lists the created resources. Fix the cause and continue with: ${calledAs()}`,
    );
  }
  return outputs;
}

async function apply(
  { kind }: Pick<Target, 'kind'>,
  stackPlan: StackPlan<PipelineName>,
  { update, setTitle }: StepOutput,
): Promise<Record<string, unknown>> {
  const { name, stack, terraform, file, plan } = stackPlan;
  if (changesAnything(plan)) {
    requireShownPlan(stackPlan);
    // The record of the earlier deployment becomes invalid.
    if (kind === 'local') forgetApplied(name);
    const total = countSteps(countChanges(plan.changes));
    const done = await terraform.applySaved(file, total, update);
    setTitle(`Deploy: ${done} of ${total} changes`);
  } else {
    setTitle('Deploy: no changes');
  }
  const outputs = await terraform.outputs();
  if (kind === 'local') recordApplied(stack, outputs);
  return outputs;
}
