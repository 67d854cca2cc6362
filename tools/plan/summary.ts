import { applies, COUNTS, countChanges, type Counts } from '../terraform/plan/plan-effects';
import type { Plan } from '../terraform/plan/plan-format';
import { renderTable } from '../cli/table';
import type { Checkout, Revision } from './git';

export interface ChangeCounts extends Counts {
  readonly unchanged: number;
}

/** The plan of one stack: file names in the folder of the plan. */
export interface PlannedStack {
  readonly name: string;
  readonly plan: string;
  /** The output of `terraform show -json`. */
  readonly json: string;
  readonly changes: ChangeCounts;
}

/** `summary.json` next to the plans. */
export interface PlanSummary {
  /** "stage dev in account 123456789012, us-east-1" */
  readonly target: string;
  /** The base commit; null for a plan against the deployed stacks. */
  readonly base: Revision | null;
  /** The planned checkout; null outside of git. */
  readonly head: Checkout | null;
  readonly stacks: readonly PlannedStack[];
  /** Stacks that only the base has: Terraform does not destroy their resources. */
  readonly dropped: readonly string[];
}

export function countPlan({ changes }: Pick<Plan, 'changes'>): ChangeCounts {
  return { ...countChanges(changes), unchanged: changes.filter((change) => !applies(change)).length };
}

const COLUMNS = [...COUNTS, 'unchanged'] as const;

export function renderSummary({ target, base, head, stacks, dropped }: PlanSummary): string {
  const from = base === null ? 'the deployed stacks' : `${base.ref} (${base.commit.slice(0, 12)})`;
  const rows = stacks.map(({ name, changes }) => [name, ...COLUMNS.map((column) => String(changes[column]))]);
  const titles = COLUMNS.map((column) => column.charAt(0).toUpperCase() + column.slice(1));
  return [
    `From ${from} to ${describeHead(head)}, ${target}:`,
    '',
    renderTable(['Stack', ...titles], rows),
    ...dropped.map((name) => `\nThe stack ${name} is not in main.ts. ${DROPPED}`),
  ].join('\n');
}

const DROPPED =
  'Terraform does not destroy its resources: run `npx cdktf destroy` for it from the old commit first.';

function describeHead(head: PlanSummary['head']): string {
  if (head === null) return 'this folder';
  const { commit, uncommitted } = head;
  const files = uncommitted === 1 ? '1 uncommitted file' : `${uncommitted} uncommitted files`;
  return `the working tree (${commit.slice(0, 12)}${uncommitted === 0 ? '' : ` and ${files}`})`;
}
