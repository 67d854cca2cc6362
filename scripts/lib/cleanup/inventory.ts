import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { messageOf } from '../failure';
import type { Target } from '../target';
import { expectedNames } from './expected-names';
import { identify, KINDS } from './kinds';
import { areOwnTags, ownTags, type Kind, type Resource, type Source } from './resource';
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

/** Finds by ARN, with how each was found. */
class Finds {
  private readonly sources = new Map<string, Set<Source>>();
  readonly blind: string[] = [];

  add(arn: string, source: Source): void {
    // The ARN of a log group with and without its streams' wildcard is one.
    const key = arn.replace(/:\*$/, '');
    this.sources.set(key, (this.sources.get(key) ?? new Set()).add(source));
  }

  /** Runs one look-up; its failure is told, and does not keep the others back. */
  async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.blind.push(`${what}: ${messageOf(error)}`);
    }
  }

  get all(): readonly (readonly [string, ReadonlySet<Source>])[] {
    return [...this.sources];
  }
}

/** Looks for the stage's resources in the states, by tag and by name, and at each of them whether it really exists. */
export async function takeInventory(target: Target, states: readonly StackState[]): Promise<Inventory> {
  const finds = new Finds();
  for (const resource of states.flatMap(({ resources }) => resources)) {
    const arn = arnInState(target, resource);
    if (arn !== undefined) finds.add(arn, 'state');
  }
  await finds.attempt('look-up by tag (tag:GetResources)', () => findByTag(target, finds));
  const expected = expectedNames(target.names);
  const byName = async (kind: Kind): Promise<void> => {
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
    for (const { ResourceARN } of page.ResourceTagMappingList ?? []) {
      if (ResourceARN !== undefined) finds.add(ResourceARN, 'tag');
    }
  }
}

async function confirmTags(target: Target, kind: Kind, arn: string, finds: Finds): Promise<void> {
  const id = kind.arn.exec(arn)?.[1];
  if (kind.tagsOf === undefined || id === undefined) return;
  if (areOwnTags(target, await kind.tagsOf(target, id))) finds.add(arn, 'tag');
}

/** Drops what is gone: the tagging API shows a resource for a while after its deletion, a state until it is refreshed. */
async function examine(target: Target, finds: Finds): Promise<Inventory> {
  const resources: Resource[] = [];
  const leaving: { resource: Resource; reason: string }[] = [];
  const look = async (arn: string, sources: ReadonlySet<Source>): Promise<void> => {
    const found = identify(arn);
    if (found === undefined) {
      if (!isPart(arn)) resources.push({ arn, kind: 'other resource', id: arn, sources: [...sources] });
      return;
    }
    const resource: Resource = { arn, kind: found.kind.title, id: found.id, sources: [...sources] };
    await finds.attempt(`${resource.kind} ${resource.id}`, async () => {
      const presence = await found.kind.look(target, found.id);
      if (presence === 'present') resources.push(resource);
      else if (presence !== 'gone') leaving.push({ resource, reason: presence.leaving });
    });
  };
  await Promise.all(finds.all.map(([arn, sources]) => look(arn, sources)));
  const order = (kind: string): number => KINDS.findIndex(({ title }) => title === kind);
  resources.sort((a, b) => order(a.kind) - order(b.kind) || a.id.localeCompare(b.id));
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
