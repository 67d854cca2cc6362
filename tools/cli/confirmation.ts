import { TaskError } from './errors';
import { visible } from './visible.cjs';

/** TaskError without a terminal. */
function requireTerminal(): void {
  if (process.stdin.isTTY) return;
  throw new TaskError(
    'There is no terminal to confirm at. Nothing was changed. Add --yes to continue without being asked.',
  );
}

/** Asks at the terminal; Ctrl-C is a no. TaskError without a terminal. */
export async function confirm(message: string): Promise<boolean> {
  requireTerminal();
  // Loaded only where a question is asked.
  const prompts = await import('@clack/prompts');
  return (await prompts.confirm({ message: visible(message), initialValue: false })) === true;
}

/** What the user types at the terminal; empty after Ctrl-C. TaskError without a terminal. */
export async function askFor(message: string): Promise<string> {
  requireTerminal();
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({ message: visible(message), defaultValue: '' });
  return isCancel(answer) ? '' : answer.trim();
}
