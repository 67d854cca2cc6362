import { readFileSync } from 'node:fs';
import { errorMessage, TaskError } from '../../cli/errors';
import { readPlan, type Plan, type ReadOptions } from './plan-format';

/** Reads a plan that a task was given. TaskError when there is no such file, or no plan in it. */
export function openPlan(file: string, options: ReadOptions = {}): Plan {
  return readPlan(decodePlan(readBytes(file), file), file, options);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new TaskError(
      `${file} cannot be read: ${errorMessage(error)}. Give the files that terraform show -json PLANFILE wrote.`,
    );
  }
}

/**
 * The text of a file in UTF-8 or, as PowerShell's `>` writes it, in UTF-16.
 *
 * @throws TaskError for a saved plan in Terraform's own form
 */
export function decodePlan(bytes: Buffer, fileName: string): string {
  if (bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004')
    throw new TaskError(
      `${fileName} is a saved plan in Terraform's own form. Convert it in the folder that it was planned in: ` +
        `terraform show -json ${fileName} > plan.json`,
    );
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** By the byte order mark; without one by the zero of the first character, which is ASCII in any JSON: RFC 4627, 3. */
function encodingOf([first, second]: Buffer): string {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
