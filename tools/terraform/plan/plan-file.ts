import { readFileSync } from 'node:fs';
import { errorMessage, TaskError } from '../../cli/errors';
import { readPlan, type Plan, type ReadOptions } from './plan-format';

/** Reads the plan in a file. TaskError when the file cannot be read or has no plan. */
export function openPlan(file: string, options: ReadOptions = {}): Plan {
  return readPlan(decodePlan(readBytes(file), file), file, options);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new TaskError(
      `${file} cannot be read: ${errorMessage(error)}. Specify files that terraform show -json PLANFILE has written.`,
    );
  }
}

/**
 * Decodes UTF-8, and UTF-16 as PowerShell's `>` writes it.
 *
 * @throws TaskError for a saved plan in Terraform's binary format
 */
function decodePlan(bytes: Buffer, fileName: string): string {
  if (bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004')
    throw new TaskError(
      `${fileName} is a saved plan in Terraform's binary format. Convert it in the folder of the configuration: ` +
        `terraform show -json ${fileName} > plan.json`,
    );
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** By the byte order mark, else by the zero byte of the first character, which is ASCII in JSON: RFC 4627, 3. */
function encodingOf([first, second]: Buffer): string {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
