import { paginateGetResources, ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';
import type { Target } from '../aws/target';
import { errorMessage } from '../cli/errors';
import { describeName, ownTags, type Resource, type Source } from './resource';
import { identify, RESOURCE_TYPES } from './resource-types';
import type { ResourceType } from './resource-types/resource-type';
import { arnInState, type StackState } from './stack-state';

export interface FoundResources {
  readonly resources: readonly Resource[];
  /** Resources that AWS still lists and that need no action, with the reason. */
  readonly pendingDeletion: readonly { readonly resource: Resource; readonly reason: string }[];
  /** Failed lookups: the list may be incomplete. */
  readonly failedLookups: readonly string[];
  /** Other stages of this project with resources in this account and region. */
  readonly otherStages: readonly string[];
}

const SOURCES: readonly Source[] = ['state', 'tag', 'name'];

interface Candidate {
  readonly sources: Set<Source>;
  label: string | undefined;
}

/** Searches for the stage's resources in the states, by tag and by name, and checks that each exists. */
export async function findResources(target: Target, states: readonly StackState[]): Promise<FoundResources> {
  const candidates = new Map<string, Candidate>();
  const failedLookups: string[] = [];
  const otherStages = new Set<string>();
  const add = (arn: string, source: Source, label?: string): void => {
    // The ARN of a log group may end with the wildcard of its streams.
    const key = arn.replace(/:\*$/, '');
    const candidate = candidates.get(key) ?? { sources: new Set(), label };
    candidate.sources.add(source);
    candidate.label = label ?? candidate.label;
    candidates.set(key, candidate);
  };
  const attempt = async (what: string, lookUp: () => Promise<void>): Promise<void> => {
    try {
      await lookUp();
    } catch (error) {
      failedLookups.push(`${what}: ${errorMessage(error)}`);
    }
  };
  for (const resource of states.flatMap((state) => state.resources)) {
    const arn = arnInState(target, resource);
    if (arn !== undefined) add(arn, 'state', resource.label);
  }
  await attempt('lookup by tag (tag:GetResources)', () => findByTag(target, add, otherStages));
  await Promise.all(
    RESOURCE_TYPES.map((type) =>
      attempt(`lookup of ${type.title} by name`, () => findByName(target, type, add)),
    ),
  );
  const resources: Resource[] = [];
  const pendingDeletion: { resource: Resource; reason: string }[] = [];
  // The tagging API and the states may list deleted resources.
  const check = async ([arn, { sources: set, label }]: [string, Candidate]): Promise<void> => {
    const sources = SOURCES.filter((source) => set.has(source));
    const found = identify(arn);
    if (found === undefined) {
      if (!isPart(arn)) resources.push({ arn, kind: 'other resource', id: arn, sources });
      return;
    }
    const { type, id } = found;
    const named = label === undefined || label === id ? {} : { label };
    const resource: Resource = { arn, kind: type.title, id, ...named, sources };
    await attempt(`${resource.kind} ${id}`, async () => {
      const status = await type.getStatus(target, id);
      if (status === 'present') resources.push(resource);
      else if (status !== 'gone') pendingDeletion.push({ resource, reason: status.pendingDeletion });
    });
  };
  await Promise.all([...candidates].map(check));
  const order = ({ kind }: Resource): number => RESOURCE_TYPES.findIndex(({ title }) => title === kind);
  resources.sort((a, b) => order(a) - order(b) || describeName(a).localeCompare(describeName(b)));
  return { resources, pendingDeletion, failedLookups, otherStages: [...otherStages].sort() };
}

type Add = (arn: string, source: Source, label?: string) => void;

async function findByTag(target: Target, add: Add, otherStages: Set<string>): Promise<void> {
  const { stage, ...common } = ownTags(target);
  const TagFilters = Object.entries(common).map(([Key, value]) => ({ Key, Values: [value] }));
  const client = target.client(ResourceGroupsTaggingAPI);
  for await (const page of paginateGetResources({ client }, { TagFilters })) {
    for (const { ResourceARN, Tags = [] } of page.ResourceTagMappingList ?? []) {
      const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
      const found = tags.get('stage');
      if (found === undefined || ResourceARN === undefined) continue;
      if (found === stage) add(ResourceARN, 'tag', tags.get('Name'));
      else otherStages.add(found);
    }
  }
}

async function findByName(target: Target, type: ResourceType, add: Add): Promise<void> {
  for (const arn of await type.findByName(target)) {
    add(arn, 'name');
    const id = type.arn.exec(arn)?.[1];
    if (type.tagsOf === undefined || id === undefined) continue;
    const tags = await type.tagsOf(target, id);
    if (Object.entries(ownTags(target)).every(([key, value]) => tags[key] === value)) add(arn, 'tag');
  }
}

/** Resources that AWS deletes with their parent: rules of a group, objects, job runs, tables, schedules. */
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
