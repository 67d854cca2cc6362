import type { Target } from '../../aws/target';
import type { ExpectedNames } from '../expected-names';
import type { ResourceType, Presence } from '../resource';

/** A kind whose id is its name: what exists by name is found by looking at each expected one. */
export interface NamedKind extends Omit<ResourceType, 'findByName'> {
  readonly names: (expected: ExpectedNames) => readonly string[];
  readonly arnOf: (target: Target, name: string) => string;
}

export function namedKind({ names, arnOf, ...kind }: NamedKind): ResourceType {
  const find = async (target: Target, name: string): Promise<readonly string[]> => {
    const presence: Presence = await kind.getStatus(target, name);
    return presence === 'present' ? [arnOf(target, name)] : [];
  };
  return {
    ...kind,
    findByName: async (target, expected) =>
      (await Promise.all(names(expected).map((name) => find(target, name)))).flat(),
  };
}
