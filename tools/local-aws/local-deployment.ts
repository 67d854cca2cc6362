import { DescribeStateMachineCommand, type SFNClient, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { LOCAL_SYNTH } from '../cli/paths';
import { TaskError } from '../cli/errors';
import type { LocalAws } from './local-aws';
import { appliedOutputs, applyStack } from './local-stack';
import type { Progress, Step } from '../cli/progress';
import { synthesize, type SynthesizedStack } from '../terraform/synthesis';

const machineSchema = z.object({ state_machine_arn: z.string() });

/**
 * Synthesizes the project and applies the named stacks to the local AWS side by side; what is applied already is left
 * as it is. Resolves with the outputs of each.
 */
export async function deployLocally<Name extends string>(
  aws: LocalAws,
  sfn: SFNClient,
  names: readonly Name[],
  progress: Progress,
): Promise<Record<Name, unknown>> {
  const stacks = await progress.step('Synthesize the stacks', () => synthesize(LOCAL_SYNTH, aws.env));
  const outputs: Partial<Record<Name, unknown>> = {};
  const steps = names.map((name): Step => {
    const stack = stacks.find((candidate) => candidate.name === name);
    if (stack === undefined) throw new TaskError(`main.ts makes no stack "${name}".`);
    const title = `Deploy the ${name} stack`;
    return {
      title,
      run: async (stepOutput) => {
        const applied = await stillApplied(stack, sfn);
        if (applied !== undefined) stepOutput.setTitle(`${title}: unchanged`);
        outputs[name] = applied ?? (await applyStack(stack, aws.env, stepOutput));
      },
    };
  });
  await progress.steps(steps, steps.length);
  return outputs as Record<Name, unknown>;
}

/** An emulator that was killed may have lost what Terraform believes to be there. */
async function stillApplied(stack: SynthesizedStack, sfn: SFNClient): Promise<unknown> {
  const outputs = appliedOutputs(stack);
  if (outputs === undefined) return undefined;
  const { state_machine_arn: stateMachineArn } = machineSchema.parse(outputs);
  try {
    await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    return outputs;
  } catch (error) {
    if (error instanceof StateMachineDoesNotExist) return undefined;
    throw error;
  }
}
