import { text } from '../terraform/plan/attributes';
import type { Plan, ResourceChange } from '../terraform/plan/plan-format';

export { blocks, number, text } from '../terraform/plan/attributes';

/** What a section says; `detail` may be left out when the comment gets too long, `line` later. */
export interface Block {
  readonly line: string;
  /** Whole Markdown blocks: tables, diagrams. @default nothing but the line */
  readonly detail?: string;
  /** What one clicks on to see the detail; '' when it is seen at once. @default `details` */
  readonly label?: string;
}

/** One section of a review. */
export interface Section {
  readonly title: string;
  /** Parts of the summary, Markdown, the most dangerous first; empty when the section is not worth a word there. */
  readonly summary: readonly string[];
  readonly blocks: readonly Block[];
}

/** What every section is made from. */
export interface ReviewContext {
  readonly plans: readonly Plan[];
  /** Managed resources of all plans, also those that stay as they are. */
  readonly all: readonly ResourceChange[];
  /** Those that are changed in AWS: see `alters`. */
  readonly changed: readonly ResourceChange[];
  /** When the review is made: the next times of schedules count from then on. */
  readonly now: Date;
}

/** The name by which people know a resource: its physical name, the old one of what is replaced; else its address. */
export function nameOf({ before, after, address, kind }: ResourceChange): string {
  const attributes = kind === 'replace' ? before : (after ?? before);
  const names = ['bucket', 'function_name', 'name', 'name_prefix', 'id', 'arn'].map((key) =>
    text(attributes, key),
  );
  return names.find((name) => name !== undefined) ?? address;
}
