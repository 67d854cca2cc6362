import { explainLock } from '../teardown/stack-state';
import { errorMessage, TaskError } from '../cli/errors';
import type { SynthesizedStack } from '../terraform/synthesis';

/** What `work` resolves with; its failure in words that say what to do, where Terraform's own do not. */
export async function explained<T>(
  stack: Pick<SynthesizedStack, 'name' | 'folder'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    throw new TaskError(explainTerraformError(errorMessage(error), stack));
  }
}

/** Terraform's message, replaced or completed where it leaves open what to do. */
export function explainTerraformError(
  message: string,
  { name, folder }: Pick<SynthesizedStack, 'name' | 'folder'>,
): string {
  if (/saved plan is stale/i.test(message))
    return (
      `The state of the stack ${name} has changed since its plan was made: another deployment was faster. ` +
      'Nothing of this plan was applied. Run the command again for a plan of what is there now.'
    );
  if (/NoSuchBucket|S3 bucket "[^"]*" does not exist/.test(message))
    return (
      `The bucket of the Terraform state does not exist (STATE_BUCKET). Make it as "A bucket for ` +
      `Terraform's state" in docs/runbook.md describes, or correct the setting.\n${message}`
    );
  return explainLock(message, name, folder) ?? message;
}
