import { visible } from './visible.cjs';

/** Clears the terminal and moves the cursor to the top left corner. */
const CLEAR = '\u001b[2J\u001b[3J\u001b[H';

/** Writes text with external data, such as names, messages and log lines, to standard output. */
export function print(text: string): void {
  process.stdout.write(visible(text));
}

export function printError(text: string): void {
  process.stderr.write(visible(text));
}

/** Replaces the content of the terminal; appends to a log. */
export function printScreen(text: string): void {
  process.stdout.write(`${process.stdout.isTTY ? CLEAR : ''}${visible(text)}`);
}
