import type { Target } from '../aws/target';

export type Source = 'state' | 'tag' | 'name';

/** A resource with an ARN that may belong to the stage. */
export interface Resource {
  readonly arn: string;
  /** Title of its type, `S3 bucket`. */
  readonly kind: string;
  /** The name; the ID for types without names. */
  readonly id: string;
  /** The Name tag or the name in the state, for types without names. */
  readonly label?: string;
  readonly sources: readonly Source[];
}

/** The tags of all resources of the stage, from stacks/base-stack.ts. */
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

/** Whether a Terraform state or tags assign the resource to the stage; a matching name does not. */
export function belongsToStage({ sources }: Resource): boolean {
  return sources.includes('state') || sources.includes('tag');
}

export function idsOf(resources: readonly Resource[], kind: string): string[] {
  return resources.filter((resource) => resource.kind === kind).map(({ id }) => id);
}

export function arnsOf(resources: readonly Resource[], kind: string): string[] {
  return resources.filter((resource) => resource.kind === kind).map(({ arn }) => arn);
}
