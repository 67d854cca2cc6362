import type { Target } from '../aws/target';

/** How a resource was found. */
export type Source = 'state' | 'tag' | 'name';

/** A resource with an ARN that may belong to the stage. */
export interface Resource {
  readonly arn: string;
  /** Title of its type, `S3 bucket`. */
  readonly kind: string;
  /** Its name where its type has one, otherwise an id. */
  readonly id: string;
  /** A name for users when `id` is not one: the Name tag of a security group. */
  readonly label?: string;
  readonly sources: readonly Source[];
}

/** Tags that every resource of the stage has: those of stacks/base-stack.ts. */
export function ownTags({
  settings,
  stage,
}: Target): Readonly<Record<'project' | 'stage' | 'managed-by', string>> {
  return { project: settings.appPrefix, stage, 'managed-by': 'cdktf' };
}

/** `clicklogger-dev-studio (vpc-0123456789abcdef0)`, or the name alone. */
export function describeName({ id, label }: Pick<Resource, 'id' | 'label'>): string {
  return label === undefined || label === id ? id : `${label} (${id})`;
}

/** Whether a Terraform state or its tags say that it belongs to the stage; its name alone does not. */
export function isOurs({ sources }: Resource): boolean {
  return sources.includes('state') || sources.includes('tag');
}

export function idsOf(resources: readonly Resource[], kind: string): string[] {
  return resources.filter((resource) => resource.kind === kind).map(({ id }) => id);
}

export function arnsOf(resources: readonly Resource[], kind: string): string[] {
  return resources.filter((resource) => resource.kind === kind).map(({ arn }) => arn);
}
