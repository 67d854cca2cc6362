import { SFN } from '@aws-sdk/client-sfn';
import { join } from 'node:path';
import * as z from 'zod';
import { ignoreNotFound } from '../aws/aws-errors';
import type { Target } from '../aws/target';
import { LOCAL } from '../cli/paths';
import type { Progress, Step } from '../cli/progress';
import { appliedOutputs, recordApplied } from '../local-aws/local-stack';
import type { PipelineName } from '../runs/pipeline-inputs';
import { selectStacks } from '../terraform/stack-plan';
import { lockStage } from '../terraform/stage-lock';
import { ownFolder, synthesize, type SynthesizedStack } from '../terraform/synthesis';
import { Terraform } from '../terraform/terraform';
import { explainErrors } from '../terraform/terraform-errors';
import type { StackOutputs } from './deployment';

const machineSchema = z.object({ state_machine_arn: z.string() });

/**
 * Synthesizes the project and applies the named stacks to the local AWS concurrently, except unchanged ones. Resolves with
 * their outputs.
 */
export async function deployLocally(
  target: Target,
  names: readonly PipelineName[],
  progress: Progress,
): Promise<StackOutputs> {
  const { settings, terraformEnv } = target;
  lockStage(settings);
  const stacks = await progress.step('Synthesize the stacks', () => synthesize(ownFolder(), terraformEnv));
  const outputs: Partial<Record<PipelineName, unknown>> = {};
  const steps = selectStacks(stacks, names).map((stack): Step => {
    const { name } = stack;
    const title = `Deploy the ${name} stack`;
    return {
      title,
      run: async ({ update, setTitle }) => {
        outputs[name] = await outputsOfExisting(stack, target);
        if (outputs[name] !== undefined) {
          setTitle(`${title}: unchanged`);
          return;
        }
        const terraform = new Terraform(
          stack.folder,
          terraformEnv,
          join(LOCAL, 'logs', `terraform-${name}.log`),
          explainErrors(settings, name),
        );
        update('terraform init');
        await terraform.init();
        const count = await terraform.apply(update);
        outputs[name] = recordApplied(stack, await terraform.outputs());
        setTitle(`${title}: ${count} resources`);
      },
    };
  });
  await progress.steps(steps, steps.length);
  return outputs;
}

/** The outputs of an applied stack; undefined when a killed local AWS has lost its resources. */
async function outputsOfExisting(stack: SynthesizedStack, { client }: Target): Promise<unknown> {
  const outputs = appliedOutputs(stack);
  if (outputs === undefined) return undefined;
  const { state_machine_arn: stateMachineArn } = machineSchema.parse(outputs);
  const call = client(SFN).describeStateMachine({ stateMachineArn });
  return (await ignoreNotFound(call, 'StateMachineDoesNotExist')) && outputs;
}
