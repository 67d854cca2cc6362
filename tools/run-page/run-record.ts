import * as z from 'zod';
import { PIPELINES } from '../runs/pipeline-inputs';

const fact = z.object({
  name: z.string(),
  value: z.string(),
  /** Only https: addresses become links. */
  url: z.string().optional(),
});

const graphState = z.object({
  name: z.string(),
  type: z.string(),
  next: z.array(z.object({ to: z.string(), kind: z.enum(['next', 'choice', 'default', 'catch']) })),
});

/** Times are seconds after the start of the execution. */
const visit = z.object({
  state: z.string(),
  from: z.number(),
  to: z.number(),
  /** Attempts that failed. */
  failures: z.number(),
});

/** All that the page of a run shows, as it is kept next to the page. */
export const runRecord = z.object({
  pipeline: z.enum(PIPELINES),
  /** Of Step Functions, or that of the workflow's output: SUCCEEDED, NOTHING_TO_DO, FAILED … */
  status: z.string(),
  /** Where it ran: "stage dev in the local AWS, us-east-1". */
  place: z.string(),
  isLocal: z.boolean(),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  stoppedAt: z.string(),
  /** The command that runs the same again. */
  rerun: z.string(),
  /** What the workflow says when it found nothing to do. */
  message: z.string().optional(),
  /** Undefined when no execution was started. */
  execution: z.object({ states: z.array(graphState), visits: z.array(visit) }).optional(),
  report: z.object({ header: z.array(z.string()), rows: z.array(z.array(z.string())) }).optional(),
  rows: z
    .object({
      read: z.number(),
      counted: z.number(),
      rejected: z.number(),
      reasons: z.record(z.string(), z.number()),
    })
    .optional(),
  cost: z.object({
    /** "0.0102 USD"; undefined when nothing was started. */
    amount: z.string().optional(),
    notes: z.array(z.string()),
    billed: z.array(fact),
  }),
  failure: z
    .object({
      error: z.string(),
      reason: z.string(),
      lines: z.array(z.string()),
      note: z.string().optional(),
    })
    .optional(),
  facts: z.array(fact),
  notes: z.array(z.string()),
});

export type RunRecord = z.infer<typeof runRecord>;
export type Fact = z.infer<typeof fact>;
export type ExecutionRecord = NonNullable<RunRecord['execution']>;
