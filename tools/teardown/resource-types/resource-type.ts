import { arnOf } from '../../aws/arns';
import { ignoreNotFound } from '../../aws/aws-errors';
import type { Target } from '../../aws/target';
import { expectedNames, type ExpectedNames } from '../expected-names';

/** Whether a resource exists; `pendingDeletion` is the reason why a listed resource needs no action. */
export type ResourceStatus = 'present' | 'gone' | { readonly pendingDeletion: string };

export type Tags = Readonly<Record<string, string>>;

export interface ResourceType {
  readonly title: string;
  /** Pattern of the ARNs; its first group is the ID. */
  readonly arn: RegExp;
  /** ARNs of the resources with an expected name, with or without tags. */
  readonly findByName: (target: Target) => Promise<readonly string[]>;
  /** For types that the tagging API does not support. */
  readonly tagsOf?: (target: Target, id: string) => Promise<Tags>;
  readonly getStatus: (target: Target, id: string) => Promise<ResourceStatus>;
  /** Deletes a resource that is in no Terraform state, with its parts. */
  readonly remove: (target: Target, id: string) => Promise<unknown>;
}

interface Definition extends Pick<ResourceType, 'title' | 'tagsOf' | 'remove'> {
  readonly service: string;
  /** The part of the ARN between the account and the ID. */
  readonly path: string;
  /** Whether the ARN has no region. @default false */
  readonly isGlobal?: boolean;
  /** Pattern of the ID and of the rest of the ARN. @default everything after `path` */
  readonly idPattern?: string;
  /** For types whose ID is a name: the expected names. */
  readonly names?: keyof ExpectedNames;
  /** For other types: the IDs of the resources with an expected name. @default none */
  readonly findIds?: (target: Target) => Promise<readonly string[]>;
  /** Resolves with undefined, or rejects with one of `notFound`, when the resource does not exist. */
  readonly get: (target: Target, id: string) => Promise<unknown>;
  /** Names of AWS errors. @default ResourceNotFoundException */
  readonly notFound?: readonly string[];
  /** Why an existing resource needs no action; undefined when it needs one. */
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
