import { applies, countChanges, type Counts } from '../terraform/plan/plan-effects';
import type { Plan } from '../terraform/plan/plan-format';
import { renderTable } from '../cli/table';
import type { Checkout, Revision } from './git';

/** Numbers of resources by what would happen to them. */
export interface ChangeCounts extends Counts {
  /** Those for which an apply does nothing. */
  readonly unchanged: number;
}

/** One stack's plan: file names within the folder of the plan. */
export interface PlannedStack {
  readonly name: string;
  /** What `terraform apply` takes. */
  readonly plan: string;
  /** The output of `terraform show -json`. */
  readonly json: string;
  readonly changes: ChangeCounts;
}

/** `summary.json` next to the plans: what was compared with what, and how much changes. */
export interface PlanSummary {
  /** "stage dev in account 123456789012, us-east-1" */
  readonly target: string;
  /** What the plan starts from; null when that is what is deployed. */
  readonly base: Revision | null;
  /** What the plan leads to; null outside of a git checkout. */
  readonly head: Checkout | null;
  readonly stacks: readonly PlannedStack[];
  /** Stacks that the base has and the working tree has not: Terraform leaves their resources where they are. */
  readonly dropped: readonly string[];
}

/** Counts the resources of a plan. */
export function countPlan({ changes }: Pick<Plan, 'changes'>): ChangeCounts {
  return { ...countChanges(changes), unchanged: changes.filter((change) => !applies(change)).length };
}

const COLUMNS: readonly (readonly [title: string, count: keyof ChangeCounts])[] = [
  ['Import', 'import'],
  ['Add', 'add'],
  ['Replace', 'replace'],
  ['Change', 'change'],
  ['Destroy', 'destroy'],
  ['Leave', 'forget'],
  ['Move', 'move'],
  ['Unchanged', 'unchanged'],
];

/** The summary for a terminal. */
export function renderSummary({ target, base, head, stacks, dropped }: PlanSummary): string {
  const from = base === null ? 'what is deployed' : `${base.ref} (${base.commit.slice(0, 12)})`;
  const rows = stacks.map(({ name, changes }) => [
    name,
    ...COLUMNS.map(([, count]) => String(changes[count])),
  ]);
  return [
    `From ${from} to ${describeHead(head)}, ${target}:`,
    '',
    renderTable(['Stack', ...COLUMNS.map(([title]) => title)], rows),
    ...dropped.map((name) => `\nThe stack ${name} is gone from main.ts. ${DROPPED}`),
  ].join('\n');
}

const DROPPED =
  'Terraform destroys none of it by that: run `npx cdktf destroy` for it from the old commit first.';

function describeHead(head: PlanSummary['head']): string {
  if (head === null) return 'this folder';
  const { commit, uncommitted } = head;
  const files = uncommitted === 1 ? '1 uncommitted file' : `${uncommitted} uncommitted files`;
  return `the working tree (${commit.slice(0, 12)}${uncommitted === 0 ? '' : ` and ${files}`})`;
}
