import { askFor, confirm } from '../cli/confirmation';
import { TaskError } from '../cli/errors';
import type { Target } from '../aws/target';
import type { Loss } from './losses';

/** Options of the command line. */
export interface Consent {
  readonly yes: boolean;
  readonly allowDestroy: boolean;
  /** Whether there is a terminal to ask at. */
  readonly terminal: boolean;
}

/** What has to be asked before a plan is applied. */
export type Question = 'nothing' | 'yes or no' | 'the name of the stage';

/**
 * Decides what has to be asked. `--yes` answers for a plan that can be undone; one that loses something needs the
 * name of the stage, typed, or both `--yes` and `--allow-destroy`.
 *
 * @throws TaskError without a terminal
 */
export function questionOf(losses: readonly Loss[], { yes, allowDestroy, terminal }: Consent): Question {
  if (losses.length === 0) {
    if (yes) return 'nothing';
    if (terminal) return 'yes or no';
    throw new TaskError(
      'There is no terminal to confirm at. Nothing was changed. Add --yes to continue without a question.',
    );
  }
  if (yes && allowDestroy) return 'nothing';
  if (terminal) return 'the name of the stage';
  const list = losses.map(({ address, what }) => `  ${address}: ${what}`).join('\n');
  throw new TaskError(
    `The plan destroys what no apply brings back:\n${list}\nNothing was changed. --yes alone does not permit that: ` +
      'check the plan, then add --yes --allow-destroy.',
  );
}

/** Asks the question at the terminal; resolves with whether the answer is yes. */
export async function ask(
  question: Question,
  { description, stage }: Pick<Target, 'description' | 'stage'>,
): Promise<boolean> {
  if (question === 'nothing') return true;
  if (question === 'yes or no') return confirm(`Apply this to ${description}?`);
  const message = `This cannot be undone. Type the name of the stage to continue (${description}):`;
  return (await askFor(message)) === stage;
}
