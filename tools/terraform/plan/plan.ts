import type { Attributes } from './plan-schema';

export type ChangeKind =
  ('no-op' | 'read' | 'create' | 'update' | 'replace' | 'delete') | ('forget' | 'import' | 'move' | 'remark');

/** One resource of a plan, changed or not. */
export interface ResourceChange {
  /** The stack of the plan: `clicklogger`. */
  readonly stack: string;
  readonly address: string;
  readonly previousAddress: string | undefined;
  /** `aws_iam_role` */
  readonly type: string;
  readonly kind: ChangeKind;
  /** Terraform's action_reason: `replace_because_cannot_update`. */
  readonly reason: string | undefined;
  /** Paths of the attributes that force a replacement, each like `versioning.0.enabled`; may be empty. */
  readonly forcedBy: readonly string[];
  readonly importId: string | undefined;
  readonly before: Attributes | undefined;
  /** Undefined for a destroyed resource; without attributes that are known only after apply. */
  readonly after: Attributes | undefined;
  /** Same shape as `after`: true where the value is known only after apply. */
  readonly unknown: unknown;
  /** Names of the attributes that the configuration sets; empty without a configuration in the plan. */
  readonly configured: readonly string[];
}

export interface DeferredChange {
  readonly change: ResourceChange;
  /** Terraform's reason: `provider_config_unknown`. */
  readonly reason: string;
}

/** An action of a provider that the apply invokes, such as the call of a function. */
export interface ActionInvocation {
  readonly address: string;
  /** Address of the resource and its event (`AfterUpdate`); undefined for an action that is invoked directly. */
  readonly trigger: { readonly address: string; readonly event: string } | undefined;
}

export interface Plan {
  /** Name of the file without folder and extension: `clicklogger`. */
  readonly stack: string;
  readonly terraformVersion: string | undefined;
  /** False when Terraform defers changes to a later plan. */
  readonly isComplete: boolean;
  /** IDs of the accounts of the plan; empty when they are not in it. */
  readonly accounts: readonly string[];
  /** Managed resources, unchanged ones included. */
  readonly changes: readonly ResourceChange[];
  /** Data sources that are read during apply. */
  readonly reads: readonly ResourceChange[];
  /** Differences between the state and the actual resources. */
  readonly drift: readonly ResourceChange[];
  readonly deferred: readonly DeferredChange[];
  readonly outputs: readonly { readonly name: string; readonly kind: ChangeKind }[];
  readonly actions: readonly ActionInvocation[];
  /** Failed checks and conditions; without messages when the check could not be evaluated. */
  readonly failedChecks: readonly { readonly address: string; readonly messages: readonly string[] }[];
  /** Hides the plan's sensitive values in a text: see `ReadOptions`. */
  readonly hide: (text: string) => string;
}
