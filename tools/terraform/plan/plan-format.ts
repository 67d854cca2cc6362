import * as z from 'zod';
import { TaskError } from '../../cli/errors';
import { describePlan } from './describe-plan';
import type { ChangeKind } from './plan-effects';
import { planSchema, type Attributes } from './plan-schema';
import { firstLine, HOW_TO_MAKE, parseDocument } from './plan-text';
import { hideSensitive } from './sensitive-values';

export type { ChangeKind } from './plan-effects';
export type { Attributes } from './plan-schema';

/** One resource of a plan, changed or not. */
export interface ResourceChange {
  /** Of the plan that it stands in: `clicklogger`. */
  readonly stack: string;
  readonly address: string;
  /** The address before the resource moved in the tree; undefined when it did not. */
  readonly previousAddress: string | undefined;
  /** `aws_iam_role` */
  readonly type: string;
  readonly kind: ChangeKind;
  /** Terraform's own word for why: `replace_because_cannot_update`. */
  readonly reason: string | undefined;
  /** Paths of the attributes that force a replacement, each like `versioning.0.enabled`; may be empty. */
  readonly forcedBy: readonly string[];
  /** What a resource that is imported has been known by so far; undefined when it is none. */
  readonly importId: string | undefined;
  /** Undefined for a resource that is new. */
  readonly before: Attributes | undefined;
  /** Undefined for a resource that is destroyed; attributes not known before apply are missing. */
  readonly after: Attributes | undefined;
  /** Same shape as `after`: true where the value is known only after apply. */
  readonly unknown: unknown;
  /** Names of the attributes that the configuration sets; empty when the plan does not say. */
  readonly configured: readonly string[];
}

/** An output whose value changes. */
export interface OutputChange {
  readonly name: string;
  readonly kind: ChangeKind;
}

/** A change that Terraform puts off until a later plan can be made. */
export interface DeferredChange {
  readonly change: ResourceChange;
  /** Terraform's own word: `provider_config_unknown`. */
  readonly reason: string;
}

/** An action of a provider, such as the call of a function, that the apply runs. */
export interface ActionInvocation {
  readonly address: string;
  /** Address of the resource and what happens to it (`AfterUpdate`); undefined when it was asked for by itself. */
  readonly trigger: { readonly address: string; readonly event: string } | undefined;
}

/** A check, precondition or postcondition that does not hold. */
export interface FailedCheck {
  /** `check.certificate` */
  readonly address: string;
  /** What the configuration says about it, one message for each failure; empty when it could not be evaluated. */
  readonly messages: readonly string[];
}

/** What `terraform show -json PLANFILE` contains, in the terms of this project. */
export interface Plan {
  /** Name of the file without folder and ending: `clicklogger`. */
  readonly stack: string;
  /** Terraform's version; undefined when the file does not say. */
  readonly terraformVersion: string | undefined;
  /** False when Terraform has put off changes to a later run. */
  readonly isComplete: boolean;
  /** Numbers of the accounts that it is made for; empty when it does not say. */
  readonly accounts: readonly string[];
  /** Managed resources, also those that stay as they are. */
  readonly changes: readonly ResourceChange[];
  /** Data sources that are read during the apply, because they depend on what is known then only. */
  readonly reads: readonly ResourceChange[];
  /** What differs between the state and what Terraform has found, whoever did it. */
  readonly drift: readonly ResourceChange[];
  readonly deferred: readonly DeferredChange[];
  readonly outputs: readonly OutputChange[];
  readonly actions: readonly ActionInvocation[];
  readonly failedChecks: readonly FailedCheck[];
  /** Hides the plan's sensitive values in a text that was made of it while they were there: see `ReadOptions`. */
  readonly hide: (text: string) => string;
}

/** Terraform's JSON is stable within a major version of its format; what is read of it is the same in 0.2, of 1.0.1 to 1.0.11. */
const FORMAT = /^(0\.2|1\.\d+)$/;

/** Of Terraform up to 1.0.0; the first ones do not mark sensitive values at all. */
const UNMARKED = /^0\.1$/;

/** Whether values that Terraform marks as sensitive are there: for calls and rules that need them, never to be shown. */
export interface ReadOptions {
  /** @default false */
  readonly inClear?: boolean;
}

/**
 * Reads the JSON of a saved plan.
 *
 * @param fileName for messages, and for the name of the stack
 * @throws TaskError when the text is not the JSON of a plan, has a format that is not known, or comes from a
 *   plan that failed
 */
export function readPlan(text: string, fileName: string, { inClear = false }: ReadOptions = {}): Plan {
  const document = parseDocument(text, fileName);
  requireFormat(document, fileName);
  const parsed = planSchema.safeParse(document);
  if (!parsed.success) throw notAPlan(parsed.error, fileName);
  if (parsed.data.errored)
    throw new TaskError(
      `${fileName}: terraform plan failed, so that the file has only a part of the plan. Fix the error that it reported, and plan again.`,
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
      `${fileName} has the format ${JSON.stringify(head.format_version)}, of Terraform 1.0.0 and older, in which not all ` +
        'sensitive values are marked: a review would show them. Plan with Terraform 1.0.1 or later.',
    );
  if (!FORMAT.test(head.format_version))
    throw new TaskError(
      `${fileName} has the format ${JSON.stringify(head.format_version.slice(0, 40))}; 0.2 and 1.x are known. ` +
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
