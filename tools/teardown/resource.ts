import type { Target } from '../aws/target';
import type { ExpectedNames } from './expected-names';

/** How a resource was found. */
export type Source = 'state' | 'tag' | 'name';

/** Something with an ARN that the tear-down has to do with. */
export interface Resource {
  readonly arn: string;
  /** What it is, in words: `S3 bucket`. */
  readonly kind: string;
  /** What its kind calls it: a name where it has one, otherwise an id. */
  readonly id: string;
  /** What people call it, when `id` means nothing to them: the Name tag of a security group. */
  readonly label?: string;
  readonly sources: readonly Source[];
}

/** Whether it is still there; `leaving` says why what is still shown needs nobody's action. */
export type Presence = 'present' | 'gone' | { readonly leaving: string };

/** One type of resource: how to find, look at and remove it. */
export interface ResourceType {
  readonly title: string;
  /** Its ARNs; the first group is the id that the functions below take. */
  readonly arn: RegExp;
  /** ARNs of those that have one of the expected names, whatever their tags. */
  readonly findByName: (target: Target, expected: ExpectedNames) => Promise<readonly string[]>;
  /** @default the tagging API knows its tags */
  readonly tagsOf?: (target: Target, id: string) => Promise<Readonly<Record<string, string>>>;
  readonly getStatus: (target: Target, id: string) => Promise<Presence>;
  /** Removes one that no Terraform state knows, with what belongs to it. */
  readonly remove: (target: Target, id: string) => Promise<void>;
}

/** Tags that every resource of the stage has: those of stacks/base-stack.ts. */
export function ownTags({ settings, stage }: Target): Readonly<Record<string, string>> {
  return { project: settings.appPrefix, stage, 'managed-by': 'cdktf' };
}

/** True when `tags` say that the resource belongs to this project and stage. */
export function areOwnTags(target: Target, tags: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(ownTags(target)).every(([key, value]) => tags[key] === value);
}

/** How a user knows it: `clicklogger-dev-studio (vpc-0123456789abcdef0)`, or the name alone. */
export function describeName({ id, label }: Pick<Resource, 'id' | 'label'>): string {
  return label === undefined || label === id ? id : `${label} (${id})`;
}

/** Terraform or its tags say that it is ours; its name alone does not. */
export function isOurs({ sources }: Resource): boolean {
  return sources.includes('state') || sources.includes('tag');
}
