import type { Configuration, Resource } from './configuration';

export interface Finding {
  readonly rule: string;
  readonly stack: string;
  /** Path of the resource: `clicklogger/WorkflowRole/Policy`. */
  readonly path: string;
  /** Sid of the statement, for rules about statements. */
  readonly statement: string | undefined;
  /** The problem with the value, and what to do. */
  readonly problem: string;
}

export interface Rule {
  /** Kebab case: `bucket-tls`. */
  readonly name: string;
  readonly requirement: string;
  readonly check: (configuration: Configuration) => readonly Violation[];
}

/** A violation that a rule's function reports. */
export interface Violation {
  readonly resource: Pick<Resource, 'path'>;
  readonly problem: string;
  readonly statement?: string;
}

export function eachResource(
  name: string,
  requirement: string,
  types: readonly string[],
  findProblems: (resource: Resource, all: readonly Resource[]) => readonly string[],
): Rule {
  const check = ({ resources }: Configuration): Violation[] =>
    resources
      .filter(({ type }) => types.includes(type))
      .flatMap((resource) => findProblems(resource, resources).map((problem) => ({ resource, problem })));
  return { name, requirement, check };
}

/** A rule that checks resources together with the other resources of their stack; not for plans. */
export function eachInStack(...parameters: Parameters<typeof eachResource>): Rule {
  const { check, ...rule } = eachResource(...parameters);
  return {
    ...rule,
    check: (configuration) => (configuration.scope === 'changes' ? [] : check(configuration)),
  };
}
