import { visible } from './visible.cjs';

/** Clears a terminal and goes to its top left corner. */
const CLEAR = '\u001b[2J\u001b[3J\u001b[H';

/** Writes to standard output what may hold data of others: names, tags, messages, lines of logs, cells. */
export function print(text: string): void {
  process.stdout.write(visible(text));
}

/** The same to standard error. */
export function printError(text: string): void {
  process.stderr.write(visible(text));
}

/** The same in place of what a terminal shows; a log gets it after what it has. */
export function printScreen(text: string): void {
  process.stdout.write(`${process.stdout.isTTY ? CLEAR : ''}${visible(text)}`);
}
