import * as z from 'zod';
import { errorMessage, TaskError } from '../../cli/errors';
import { describePlan } from './describe-plan';
import type { Plan } from './plan';
import { planSchema } from './plan-schema';
import { hideSensitive } from './sensitive-values';

export type * from './plan';
export type { Attributes } from './plan-schema';

const HOW_TO_MAKE = 'Create the file with: terraform show -json PLANFILE > FILE, or npm run plan.';

/** The format is stable within a major version. 0.2 (Terraform 1.0.1 to 1.0.11) has the same fields. */
const FORMAT = /^(0\.2|1\.\d+)$/;

/** Terraform 1.0.0 and earlier, which mark not all sensitive values. */
const UNMARKED = /^0\.1$/;

export interface ReadOptions {
  /** Keeps sensitive values, for calls and rules that need them; not for output. @default false */
  readonly inClear?: boolean;
}

/**
 * Reads the JSON of a saved plan.
 *
 * @param fileName for messages, and for the name of the stack
 * @throws TaskError when the text is not the JSON of a plan, has an unknown format, or is of a failed plan
 */
export function readPlan(text: string, fileName: string, { inClear = false }: ReadOptions = {}): Plan {
  const document = parseDocument(text, fileName);
  requireFormat(document, fileName);
  const parsed = planSchema.safeParse(document);
  if (!parsed.success) throw notAPlan(parsed.error, fileName);
  if (parsed.data.errored)
    throw new TaskError(
      `${fileName}: terraform plan failed, and the file has only a part of the plan. Fix the reported error and plan again.`,
    );
  const { document: hidden, hide } = hideSensitive(parsed.data);
  return { ...describePlan(inClear ? parsed.data : hidden, fileName), hide };
}

const headSchema = z.looseObject({ format_version: z.string() });

function requireFormat(document: unknown, fileName: string): void {
  const head = headSchema.safeParse(document).data;
  if (head === undefined)
    throw new TaskError(`${fileName} has no format_version: it is not the JSON of a plan. ${HOW_TO_MAKE}`);
  if (UNMARKED.test(head.format_version))
    throw new TaskError(
      `${fileName} has the format ${JSON.stringify(head.format_version)} of Terraform 1.0.0 and earlier, which does not mark ` +
        'all sensitive values. Plan with Terraform 1.0.1 or later.',
    );
  if (!FORMAT.test(head.format_version))
    throw new TaskError(
      `${fileName} has the format ${JSON.stringify(head.format_version.slice(0, 40))}; the supported formats are 0.2 and 1.x. ` +
        'Update this project, or plan with Terraform 1.x.',
    );
  if ('values' in head && !('planned_values' in head))
    throw new TaskError(`${fileName} is the JSON of a state, not of a plan. ${HOW_TO_MAKE}`);
}

function notAPlan(error: z.ZodError, fileName: string): TaskError {
  const [issue] = error.issues;
  const where = issue === undefined ? '' : ` at ${issue.path.join('.')}: ${firstLine(issue.message)}`;
  return new TaskError(`${fileName} is not the JSON of a plan${where}. ${HOW_TO_MAKE}`);
}

/** Lines that the wrapper of setup-terraform on GitHub adds. */
const WRAPPER = /^(\[command\]|::)/;

/**
 * The JSON document in the text of a file.
 *
 * @throws TaskError with the content that was found and the command to run
 */
function parseDocument(text: string, fileName: string): unknown {
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

function firstLine(text: string): string {
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
