import { arnOf } from '../../aws/arns';
import { ignoreNotFound } from '../../aws/aws-errors';
import type { Target } from '../../aws/target';
import { expectedNames, type ExpectedNames } from '../expected-names';

/** Whether a resource exists; `pendingDeletion` says why one that AWS still shows needs no action. */
export type ResourceStatus = 'present' | 'gone' | { readonly pendingDeletion: string };

export type Tags = Readonly<Record<string, string>>;

/** One type of resource: how to recognize, find and remove it. */
export interface ResourceType {
  readonly title: string;
  /** Its ARNs; the first group is the id that the functions below take. */
  readonly arn: RegExp;
  /** ARNs of those that have one of the expected names, whatever their tags. */
  readonly findByName: (target: Target) => Promise<readonly string[]>;
  /** For types whose tags the tagging API does not have. */
  readonly tagsOf?: (target: Target, id: string) => Promise<Tags>;
  readonly getStatus: (target: Target, id: string) => Promise<ResourceStatus>;
  /** Removes one that is in no Terraform state, with what belongs to it. */
  readonly remove: (target: Target, id: string) => Promise<unknown>;
}

/** What is different from type to type. */
export interface Definition extends Pick<ResourceType, 'title' | 'tagsOf' | 'remove'> {
  /** In the ARN: the service, what stands before the id, and whether the ARN has no region. */
  readonly service: string;
  readonly path: string;
  readonly isGlobal?: boolean;
  /** Pattern of the id and what may follow it in an ARN. @default everything after `path` */
  readonly idPattern?: string;
  /** Where the id is a name: those that the stacks give. */
  readonly names?: keyof ExpectedNames;
  /** Where the id is not a name: ids of those that have an expected name. @default none */
  readonly findIds?: (target: Target) => Promise<readonly string[]>;
  /** Resolves with undefined, or rejects with one of `notFound`, when it does not exist. */
  readonly get: (target: Target, id: string) => Promise<unknown>;
  /** Names of AWS errors. @default ResourceNotFoundException */
  readonly notFound?: readonly string[];
  /** Why one that exists needs no action; undefined when it does. */
  readonly pendingDeletion?: (found: unknown) => string | undefined;
}

export function resourceType(definition: Definition): ResourceType {
  const { title, service, path, names, get, tagsOf, remove, pendingDeletion } = definition;
  const { isGlobal = false, idPattern = '(.+)', notFound = ['ResourceNotFoundException'] } = definition;
  const toArn = (target: Target, id: string): string =>
    arnOf(target, service, path + id, isGlobal ? { region: '' } : {});
  const getStatus = async (target: Target, id: string): Promise<ResourceStatus> => {
    const found = await ignoreNotFound(get(target, id), ...notFound);
    if (found === undefined) return 'gone';
    const reason = pendingDeletion?.(found);
    return reason === undefined ? 'present' : { pendingDeletion: reason };
  };
  const findNames = async (target: Target): Promise<string[]> => {
    const expected = names === undefined ? [] : expectedNames(target.names)[names];
    const statuses = await Promise.all(expected.map((name) => getStatus(target, name)));
    return expected.filter((_, index) => statuses[index] === 'present');
  };
  const { findIds = findNames } = definition;
  return {
    title,
    arn: new RegExp(`^arn:[^:]+:${service}:[^:]*:\\d*:${path}${idPattern}$`),
    findByName: async (target) => (await findIds(target)).map((id) => toArn(target, id)),
    getStatus,
    remove,
    ...(tagsOf === undefined ? {} : { tagsOf }),
  };
}
