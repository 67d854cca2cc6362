import { askFor, confirm } from '../cli/confirmation';
import { TaskError } from '../cli/errors';
import type { Target } from '../aws/target';
import type { Loss } from './losses';

export interface Consent {
  readonly yes: boolean;
  readonly allowDestroy: boolean;
  readonly terminal: boolean;
}

type Question = 'nothing' | 'yes or no' | 'the name of the stage';

/**
 * Decides which confirmation a plan requires. `--yes` confirms a plan without losses; a plan with losses requires the name of
 * the stage, or `--yes` and `--allow-destroy`.
 *
 * @throws TaskError without a terminal
 */
export function questionOf(losses: readonly Loss[], { yes, allowDestroy, terminal }: Consent): Question {
  if (losses.length === 0) {
    if (yes) return 'nothing';
    if (terminal) return 'yes or no';
    throw new TaskError(
      'Confirmation requires a terminal. Nothing was changed. Add --yes to continue without confirmation.',
    );
  }
  if (yes && allowDestroy) return 'nothing';
  if (terminal) return 'the name of the stage';
  const list = losses.map(({ address, what }) => `  ${address}: ${what}`).join('\n');
  throw new TaskError(
    `The plan causes losses that cannot be undone:\n${list}\nNothing was changed. To apply the plan, ` +
      'add --yes --allow-destroy.',
  );
}

export async function ask(
  question: Question,
  { description, stage }: Pick<Target, 'description' | 'stage'>,
): Promise<boolean> {
  if (question === 'nothing') return true;
  if (question === 'yes or no') return confirm(`Apply the plan to ${description}?`);
  const message = `The losses cannot be undone. Enter the name of the stage to continue (${description}):`;
  return (await askFor(message)) === stage;
}
