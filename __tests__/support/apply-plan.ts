import { applyPlans } from '../../tools/deploy/deployment';
import type { StackPlan } from '../../tools/deploy/stack-plan';
import { Progress } from '../../tools/cli/progress';
import { runTask } from '../../tools/cli/task';
import { Terraform } from '../../tools/terraform/terraform';

/** A task that applies a plan with one change, in the folder given, for a test that interrupts it. */
void runTask({
  name: 'apply-plan',
  summary: 'Applies a plan.',
  options: {},
  optionHelp: {},
  positionals: true,
  run: async ({ positionals: [folder = '.'] }) => {
    const plan: StackPlan = {
      name: 'covid',
      stack: { name: 'covid', folder, dependencies: [] },
      terraform: new Terraform(folder, process.env, `${folder}/terraform.log`),
      file: `${folder}/saved.tfplan`,
      plan: {
        stack: 'covid',
        terraformVersion: undefined,
        isComplete: true,
        changes: [],
        drift: [],
        outputs: [{ name: 'url', kind: 'create' }],
      },
    };
    await applyPlans({ kind: 'aws', stage: 'dev' }, [plan], 'npm run exec -- covid', new Progress());
    return 0;
  },
});
