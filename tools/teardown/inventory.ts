import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { errorMessage } from '../cli/errors';
import type { Target } from '../aws/target';
import { expectedNames } from './expected-names';
import { identify, KINDS } from './resource-types';
import { areOwnTags, describeName, ownTags, type ResourceType, type Resource, type Source } from './resource';
import type { StackState } from './stack-state';
import { arnInState } from './state-arns';

/** What there is of the stage. */
export interface Inventory {
  readonly resources: readonly Resource[];
  /** What is still shown and needs nobody's action, with the reason. */
  readonly leaving: readonly { readonly resource: Resource; readonly reason: string }[];
  /** Look-ups that failed: with one of them nobody can say that nothing is left. */
  readonly blind: readonly string[];
}

interface Find {
  readonly arn: string;
  readonly sources: readonly Source[];
  readonly label: string | undefined;
}

const SOURCES: readonly Source[] = ['state', 'tag', 'name'];

/** Finds by ARN, with how each was found. */
class Finds {
  private readonly sources = new Map<string, Set<Source>>();
  private readonly labels = new Map<string, string>();
  readonly blind: string[] = [];

  add(arn: string, source: Source, label?: string): void {
    // The ARN of a log group with and without its streams' wildcard is one.
    const key = arn.replace(/:\*$/, '');
    this.sources.set(key, (this.sources.get(key) ?? new Set()).add(source));
    if (label !== undefined) this.labels.set(key, label);
  }

  /** Runs one look-up; its failure is told, and does not keep the others back. */
  async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.blind.push(`${what}: ${errorMessage(error)}`);
    }
  }

  get all(): readonly Find[] {
    return [...this.sources].map(([arn, sources]) => ({
      arn,
      sources: SOURCES.filter((source) => sources.has(source)),
      label: this.labels.get(arn),
    }));
  }
}

/** Looks for the stage's resources in the states, by tag and by name, and at each of them whether it really exists. */
export async function takeInventory(target: Target, states: readonly StackState[]): Promise<Inventory> {
  const finds = new Finds();
  for (const resource of states.flatMap(({ resources }) => resources)) {
    const arn = arnInState(target, resource);
    if (arn !== undefined) finds.add(arn, 'state', resource.label);
  }
  await finds.attempt('look-up by tag (tag:GetResources)', () => findByTag(target, finds));
  const expected = expectedNames(target.names);
  const byName = async (kind: ResourceType): Promise<void> => {
    for (const arn of await kind.findByName(target, expected)) {
      finds.add(arn, 'name');
      await confirmTags(target, kind, arn, finds);
    }
  };
  await Promise.all(
    KINDS.map((kind) => finds.attempt(`look-up of ${kind.title} by name`, () => byName(kind))),
  );
  return examine(target, finds);
}

async function findByTag(target: Target, finds: Finds): Promise<void> {
  const TagFilters = Object.entries(ownTags(target)).map(([Key, value]) => ({ Key, Values: [value] }));
  const client = target.client(ResourceGroupsTaggingAPIClient);
  for await (const page of paginateGetResources({ client }, { TagFilters })) {
    for (const { ResourceARN, Tags = [] } of page.ResourceTagMappingList ?? []) {
      const label = Tags.find(({ Key }) => Key === 'Name')?.Value;
      if (ResourceARN !== undefined) finds.add(ResourceARN, 'tag', label);
    }
  }
}

async function confirmTags(target: Target, kind: ResourceType, arn: string, finds: Finds): Promise<void> {
  const id = kind.arn.exec(arn)?.[1];
  if (kind.tagsOf === undefined || id === undefined) return;
  if (areOwnTags(target, await kind.tagsOf(target, id))) finds.add(arn, 'tag');
}

/** Drops what is gone: the tagging API shows a resource for a while after its deletion, a state until it is refreshed. */
async function examine(target: Target, finds: Finds): Promise<Inventory> {
  const resources: Resource[] = [];
  const leaving: { resource: Resource; reason: string }[] = [];
  const look = async ({ arn, sources, label }: Find): Promise<void> => {
    const found = identify(arn);
    if (found === undefined) {
      if (!isPart(arn)) resources.push({ arn, kind: 'other resource', id: arn, sources });
      return;
    }
    const named = label === undefined || label === found.id ? {} : { label };
    const resource: Resource = { arn, kind: found.type.title, id: found.id, ...named, sources };
    await finds.attempt(`${resource.kind} ${resource.id}`, async () => {
      const presence = await found.type.getStatus(target, found.id);
      if (presence === 'present') resources.push(resource);
      else if (presence !== 'gone') leaving.push({ resource, reason: presence.leaving });
    });
  };
  await Promise.all(finds.all.map(look));
  const order = (kind: string): number => KINDS.findIndex(({ title }) => title === kind);
  const name = (resource: Resource): string => describeName(resource);
  resources.sort((a, b) => order(a.kind) - order(b.kind) || name(a).localeCompare(name(b)));
  return { resources, leaving, blind: finds.blind };
}

/** What ends with the resource that it is a part of: a rule of a group, an object, a job run, a table, a single schedule. */
const PARTS = [
  /:ec2:.*:security-group-rule\//,
  /:s3:::[^/]+\/./,
  /:emr-serverless:.*\/jobruns\//,
  /:glue:.*:table\//,
  /:log-group:.*:log-stream:/,
  /:scheduler:.*:schedule\//,
  /:states:.*:(execution|express):/,
  /:sns:[^:]*:\d+:[^:]+:./,
  /^arn:[^:]+:iam::aws:/,
];

function isPart(arn: string): boolean {
  return PARTS.some((pattern) => pattern.test(arn));
}
