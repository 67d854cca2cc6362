import { TaskError } from './errors';
import { visible } from './visible.cjs';

function requireTerminal(): void {
  if (process.stdin.isTTY) return;
  throw new TaskError(
    'Confirmation requires a terminal. Nothing was changed. Add --yes to continue without confirmation.',
  );
}

/** Requests confirmation; Ctrl-C means no. TaskError without a terminal. */
export async function confirm(message: string): Promise<boolean> {
  requireTerminal();
  // Loading takes time, and most runs need no confirmation.
  const prompts = await import('@clack/prompts');
  return (await prompts.confirm({ message: visible(message), initialValue: false })) === true;
}

/** Reads a line from the terminal; empty after Ctrl-C. TaskError without a terminal. */
export async function askFor(message: string): Promise<string> {
  requireTerminal();
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({ message: visible(message), defaultValue: '' });
  return isCancel(answer) ? '' : answer.trim();
}
