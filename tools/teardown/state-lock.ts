import { errorMessage, TaskError } from '../cli/errors';
import type { StackState } from './stack-state';

/** TaskError with who holds the lock and how to get rid of one that was left behind, when the state is locked. */
export async function requireUnlocked({ name, terraform }: StackState): Promise<void> {
  try {
    await terraform.requireUnlocked();
  } catch (error) {
    throw new TaskError(explainLock(errorMessage(error), name, terraform.folder) ?? errorMessage(error));
  }
}

/** What to do about a locked state; undefined when Terraform's message is about something else. */
export function explainLock(message: string, stack: string, folder: string): string | undefined {
  if (!message.includes('Error acquiring the state lock')) return undefined;
  const field = (label: string): string | undefined =>
    new RegExp(`${label}:\\s+(.+)`).exec(message)?.[1]?.trim();
  const id = field('ID');
  const facts = [field('Who'), field('Operation'), field('Created')].filter((fact) => fact !== undefined);
  const release = id === undefined ? '' : `, release it: terraform -chdir=${folder} force-unlock ${id}`;
  return (
    `The Terraform state of the stack ${stack} is locked${facts.length > 0 ? ` (${facts.join(', ')})` : ''}: another ` +
    `deploy or cleanup is at work. Wait until it has ended; if it has crashed${release}`
  );
}
