import * as z from 'zod';
import { TaskError } from '../../cli/errors';
import { describePlan } from './describe-plan';
import type { Plan } from './plan';
import { planSchema } from './plan-schema';
import { firstLine, HOW_TO_MAKE, parseDocument } from './plan-text';
import { hideSensitive } from './sensitive-values';

export type * from './plan';
export type { Attributes } from './plan-schema';

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
