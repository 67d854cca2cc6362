import { readFileSync } from 'node:fs';
import { errorMessage, TaskError } from '../cli/errors';

/**
 * Reads the clicks to send: one JSON object or an array of them. What a click must have is for the Lambda to say.
 *
 * @throws TaskError when the file is missing, is not JSON or holds no click
 */
export function readClicks(file: string): unknown[] {
  const parsed = parse(file);
  const clicks: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (clicks.length === 0)
    throw new TaskError(`--clicks ${file}: the array is empty; give at least one click.`);
  const wrong = clicks.findIndex(
    (click) => typeof click !== 'object' || click === null || Array.isArray(click),
  );
  if (wrong >= 0) {
    throw new TaskError(
      `--clicks ${file}: element ${wrong} is ${JSON.stringify(clicks[wrong])}, but a click is a JSON object ` +
        'such as {"requestid": "r-1", "contextid": "c-1", …}; schemas/click.json lists the fields.',
    );
  }
  return clicks;
}

function parse(file: string): unknown {
  const text = read(file);
  if (text.trim() === '')
    throw new TaskError(`--clicks ${file}: the file is empty; give one click or an array of clicks.`);
  try {
    // A byte order mark is no part of JSON, but editors write it.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new TaskError(`--clicks ${file}: not JSON: ${errorMessage(error)}`);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TaskError(`--clicks ${file}: cannot be read: ${errorMessage(error)}`);
  }
}
