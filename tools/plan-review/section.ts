import { text } from '../terraform/plan/attributes';
import type { Plan, ResourceChange } from '../terraform/plan/plan-format';

export { blocks, number, text } from '../terraform/plan/attributes';

/** One item of a section. A long comment omits details first, then lines. */
export interface Block {
  readonly line: string;
  /** Whole Markdown blocks: tables, diagrams. @default nothing but the line */
  readonly detail?: string;
  /** Label of the folded detail; '' for a detail that is not folded. @default `details` */
  readonly label?: string;
}

export interface Section {
  readonly title: string;
  /** Parts of the summary, Markdown, the riskiest first. */
  readonly summary: readonly string[];
  readonly blocks: readonly Block[];
}

export interface ReviewContext {
  readonly plans: readonly Plan[];
  /** Managed resources of all plans, unchanged ones included. */
  readonly all: readonly ResourceChange[];
  /** Resources that change in AWS: see `alters`. */
  readonly changed: readonly ResourceChange[];
  /** Start of the next times of schedules. */
  readonly now: Date;
}

/** The items, when the condition holds. */
export function itemsIf<Item>(condition: boolean, ...items: readonly Item[]): readonly Item[] {
  return condition ? items : [];
}

/** The physical name of a resource (the old one for a replacement), else its address. */
export function nameOf({ before, after, address, kind }: ResourceChange): string {
  const attributes = kind === 'replace' ? before : (after ?? before);
  const names = ['bucket', 'function_name', 'name', 'name_prefix', 'id', 'arn'].map((key) =>
    text(attributes, key),
  );
  return names.find((name) => name !== undefined) ?? address;
}
