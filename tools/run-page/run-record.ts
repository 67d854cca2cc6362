import type { PipelineName } from '../runs/pipeline-inputs';

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Only https: addresses become links. */
  readonly url?: string | undefined;
}

/** The definition that an execution ran with, and when it was in which state. */
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
    /** Attempts that failed. */
    readonly failures: number;
  }[];
}

/** All that the page of a run shows, as it is kept next to the page. */
export interface RunRecord {
  readonly pipeline: PipelineName;
  /** Of Step Functions, or that of the workflow's output: SUCCEEDED, NOTHING_TO_DO, FAILED … */
  readonly status: string;
  /** Where it ran: "stage dev in the local AWS, us-east-1". */
  readonly place: string;
  readonly isLocal: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly stoppedAt: string;
  /** The command that runs the same again. */
  readonly rerun: string;
  /** What the workflow says when it found nothing to do. */
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
    /** "0.0102 USD"; undefined when nothing was started. */
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
