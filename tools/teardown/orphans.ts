import { errorMessage, TaskError } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import type { Target } from '../aws/target';
import { takeInventory } from './inventory';
import { KINDS } from './resource-types';
import { logGroupKind } from './resource-types/monitoring';
import type { Resource } from './resource';
import { divide, type Choices, type Survey } from './survey';

/** Removes what is left after Terraform. TaskError with all that could not be removed. */
export async function removeRest(
  target: Target,
  plan: Survey,
  choices: Choices,
  { update, setTitle }: StepOutput,
): Promise<void> {
  const inventory = await takeInventory(target, []);
  const { going, untagged } = divide(target, inventory, choices);
  const rest = [...going, ...untagged.filter((resource) => cameBack(resource, plan))];
  const failures: string[] = [];
  let removed = 0;
  for (const kind of KINDS) {
    for (const { id } of rest.filter((resource) => resource.kind === kind.title)) {
      update(`${kind.title} ${id}`);
      try {
        await kind.remove(target, id);
        removed += 1;
      } catch (error) {
        failures.push(`${kind.title} ${id}: ${errorMessage(error)}`);
      }
    }
  }
  if (failures.length > 0) throw new TaskError(failures.join('\n'));
  setTitle(`Remove what no state knows, and log groups that came back: ${removed} removed`);
}

/** A log group without tags that has the name of one that we have just deleted: a late writer made it again. */
function cameBack({ kind, arn }: Resource, { going }: Survey): boolean {
  return kind === logGroupKind.title && going.some((resource) => resource.arn === arn);
}
