import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { stateFolder, stateName } from '../../config/state-location';
import { errorFacts } from '../aws/aws-errors';
import type { Target } from '../aws/target';
import { TaskError } from '../cli/errors';
import { ROOT } from '../cli/paths';
import type { Progress } from '../cli/progress';
import type { PipelineName } from '../runs/pipeline-inputs';
import { planStacks, selectStacks, type StackPlan } from '../terraform/stack-plan';
import { managedResources, requireOwner } from '../terraform/state-document';
import { ownFolder, synthesize } from '../terraform/synthesis';

/** Synthesizes the project and plans the named stacks for the target. Read-only. */
export async function planPipelines(
  target: Target,
  names: readonly PipelineName[],
  progress: Progress,
): Promise<StackPlan<PipelineName>[]> {
  const { terraformEnv: env, settings } = target;
  const stacks = await progress.step('Synthesize the stacks', () => synthesize(ownFolder(), env));
  const check = async (name: string, terraform: { pullState: () => Promise<string> }): Promise<void> => {
    await rejectForgottenState(target, name);
    requireOwner(name, managedResources(await terraform.pullState()), target);
  };
  // Unmasked: requests to AWS need IDs and names. No values are shown.
  const options = { env, settings, task: 'exec', inClear: true, check };
  return planStacks(selectStacks(stacks, names), options, progress);
}

/** TaskError when the state is still in a file: Terraform would create all resources again. */
async function rejectForgottenState({ settings, client }: Target, stack: string): Promise<void> {
  const { stateBucket } = settings;
  if (stateBucket === undefined) return;
  const name = stateName(settings, stack);
  const file = join(stateFolder(ROOT, settings.target), name);
  if (!existsSync(file)) return;
  try {
    await client(S3).headObject({ Bucket: stateBucket, Key: name });
  } catch (error) {
    if (errorFacts(error).status !== 404) throw error;
    throw new TaskError(
      `The bucket ${stateBucket} (STATE_BUCKET) has no state of the stack ${stack}, but ${file} is one. Nothing was ` +
        `changed. Move it: aws s3 cp ${file} s3://${stateBucket}/${name}. If it is no longer needed, delete the file.`,
    );
  }
}
