import type { PolicyStatement } from '../constructs/support/policy-document';

/** JSONata between `{%` and `%}`, or a literal. */
export type Expression = string;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  /** Seconds before the first retry. */
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  /** Maximum delay between two attempts, in seconds. */
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Next: string;
}

export interface ChoiceRule {
  readonly Condition: Expression;
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Next: string;
}

interface Described {
  readonly Comment?: string;
}

export interface TaskState extends Described {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments: Readonly<Record<string, unknown>>;
  /** Seconds; less than the timeout of the state machine, which no Catch handles. */
  readonly TimeoutSeconds: number | Expression;
  readonly Retry?: readonly Retrier[];
  readonly Catch: readonly Catcher[];
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Output?: unknown;
  readonly Next: string;
}

export interface PassState extends Described {
  readonly Type: 'Pass';
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Output?: unknown;
  readonly Next: string;
}

export interface ChoiceState extends Described {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default: string;
}

export interface WaitState extends Described {
  readonly Type: 'Wait';
  readonly Seconds: number | Expression;
  readonly Next: string;
}

export interface SucceedState extends Described {
  readonly Type: 'Succeed';
  readonly Output?: unknown;
}

export interface FailState extends Described {
  readonly Type: 'Fail';
  readonly Error: Expression;
  readonly Cause: Expression;
}

export type State = TaskState | PassState | ChoiceState | WaitState | SucceedState | FailState;

/** State machine in Amazon States Language with JSONata. */
export interface Definition {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}

/**
 * How a workflow releases its compute, for the release proof. After `acquiredBy` succeeds, every path must contain a state in
 * `releasedBy`, or the transition from `finishedBy.state` to `finishedBy.next`, which implies that the compute has ended.
 */
export interface ReleaseRule {
  readonly compute: string;
  readonly acquiredBy: string;
  /** Whether a failed start may have started compute: the paths after the failure are then checked too. */
  readonly acquiredOnFailure: boolean;
  readonly releasedBy: readonly string[];
  readonly finishedBy: readonly { readonly state: string; readonly next: string }[];
}

/** A workflow as pure data: definition, permissions of its role, and release rules. */
export interface Workflow {
  readonly definition: Definition;
  readonly statements: readonly PolicyStatement[];
  readonly releaseRules: readonly ReleaseRule[];
}
