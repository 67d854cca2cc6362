import type { Attributes } from './plan-schema';

/** What can happen to a resource: plan-effects.ts says what each means. */
export type ChangeKind =
  ('no-op' | 'read' | 'create' | 'update' | 'replace' | 'delete') | ('forget' | 'import' | 'move' | 'remark');

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
