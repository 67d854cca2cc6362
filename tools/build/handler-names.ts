import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const HANDLERS_DIRECTORY = join(__dirname, '..', '..', 'handlers');

/** Names of the Lambda functions, sorted: the folders with an index.ts. */
export function handlerNames(directory = HANDLERS_DIRECTORY): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'index.ts')))
    .map((entry) => entry.name)
    .sort();
}
