import { applyPlans } from '../../tools/deploy/deployment';
import { Progress } from '../../tools/cli/progress';
import { runTask } from '../../tools/cli/task';
import { planHash, type StackPlan } from '../../tools/terraform/stack-plan';
import { Terraform } from '../../tools/terraform/terraform';
import { readPlan } from '../../tools/terraform/plan/plan-format';

/** A task that applies a plan with one change, in the folder given, for a test that interrupts it. */
void runTask({
  name: 'apply-plan',
  summary: 'Applies a plan.',
  options: {},
  optionHelp: {},
  positionals: true,
  run: async ({ positionals: [folder = '.'] }) => {
    const stack = { name: 'covid', folder, dependencies: [] } as const;
    const plan: StackPlan<'covid'> = {
      name: 'covid',
      stack,
      hash: planHash(stack),
      json: '',
      terraform: new Terraform(folder, process.env, `${folder}/terraform.log`),
      file: `${folder}/saved.tfplan`,
      plan: readPlan(
        '{"format_version":"1.2","output_changes":{"url":{"actions":["create"]}}}',
        'covid.json',
      ),
    };
    await applyPlans({ kind: 'aws', stage: 'dev' }, [plan], new Progress());
    return 0;
  },
});
