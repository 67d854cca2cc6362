import * as z from 'zod';
import { errorMessage, TaskError } from '../../cli/errors';

export const HOW_TO_MAKE = 'Create the file with: terraform show -json PLANFILE > FILE, or npm run plan.';

/** Lines that the wrapper of setup-terraform on GitHub adds. */
const WRAPPER = /^(\[command\]|::)/;

/**
 * The JSON document in the text of a file.
 *
 * @throws TaskError with the content that was found and the command to run
 */
export function parseDocument(text: string, fileName: string): unknown {
  const trimmed = withoutWrapper(text.replace(/^\uFEFF/, '')).trim();
  if (trimmed === '') throw new TaskError(`${fileName} is empty. ${HOW_TO_MAKE}`);
  const [document, problem] = parse(trimmed);
  if (problem !== undefined) throw new TaskError(`${fileName} ${explain(trimmed, problem)} ${HOW_TO_MAKE}`);
  if (isLogMessage(document)) throw new TaskError(`${fileName} ${LOG} ${HOW_TO_MAKE}`);
  return document;
}

function withoutWrapper(text: string): string {
  if (!/^\s*(\[command\]|::)/.test(text) && !text.includes('\n::')) return text;
  const lines = text.split(/\r?\n/);
  const isOther = (line: string): boolean => line.trim() !== '' && !WRAPPER.test(line);
  return lines.slice(lines.findIndex(isOther), lines.findLastIndex(isOther) + 1).join('\n');
}

function parse(text: string): [document: unknown, problem?: string] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    return [undefined, firstLine(errorMessage(error))];
  }
}

export function firstLine(text: string): string {
  return text.split('\n', 1).join('').slice(0, 200);
}

const LOG =
  'is the log of terraform plan -json, which has no plan. Save the plan first: terraform plan -out=PLANFILE.';

/** A line of Terraform's machine-readable output: https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
function isLogMessage(document: unknown): boolean {
  return z.looseObject({ '@level': z.string() }).safeParse(document).success;
}

function explain(text: string, problem: string): string {
  const end = endOfDocument(text);
  const [first, firstProblem] = parse(text.slice(0, end));
  if (end < text.length && firstProblem === undefined) {
    if (isLogMessage(first)) return LOG;
    if (text.slice(end).trim().startsWith('{'))
      return 'has more than one JSON document. Write each plan into a separate file.';
  }
  if (/^(Plan: \d|No changes\.|Terraform will perform|Terraform used the selected)/m.test(text))
    return 'is the text output of terraform plan, which has no plan. Save the plan first: terraform plan -out=PLANFILE.';
  return `is not JSON: ${problem}.`;
}

/** The end of the JSON object at the start of the text; the length of the text for an incomplete object. */
function endOfDocument(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    if (depth === 0) return index + token.length;
  }
  return text.length;
}
