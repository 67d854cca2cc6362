import type { PipelineName } from '../runs/pipeline-inputs';

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Only https: URLs become links. */
  readonly url?: string | undefined;
}

/** The states of an execution's definition, and the times of its states. */
export interface ExecutionRecord {
  readonly states: readonly {
    readonly name: string;
    readonly type: string;
    readonly next: readonly { readonly to: string; readonly kind: 'next' | 'choice' | 'default' | 'catch' }[];
  }[];
  /** Times are seconds after the start of the execution. */
  readonly visits: readonly {
    readonly state: string;
    readonly from: number;
    readonly to: number;
    readonly failures: number;
  }[];
}

/** The data of the page of a run, which is stored next to the page. */
export interface RunRecord {
  readonly pipeline: PipelineName;
  /** Status of Step Functions, or of the workflow's output: SUCCEEDED, NOTHING_TO_DO, FAILED … */
  readonly status: string;
  /** "stage dev in the local AWS, us-east-1". */
  readonly place: string;
  readonly isLocal: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly stoppedAt: string;
  readonly rerun: string;
  readonly message?: string | undefined;
  /** Undefined when no execution was started. */
  readonly execution?: ExecutionRecord | undefined;
  readonly report?:
    { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] } | undefined;
  readonly rows?:
    | {
        readonly read: number;
        readonly counted: number;
        readonly rejected: number;
        readonly reasons: Readonly<Record<string, number>>;
      }
    | undefined;
  readonly cost: {
    /** "0.0102 USD"; undefined when no compute was started. */
    readonly amount?: string | undefined;
    readonly notes: readonly string[];
    readonly billed: readonly Fact[];
  };
  readonly failure?:
    | {
        readonly error: string;
        readonly reason: string;
        readonly lines: readonly string[];
        readonly note?: string | undefined;
      }
    | undefined;
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
}
