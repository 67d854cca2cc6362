import type { Configuration, Resource } from './configuration';

/** What breaks a rule. */
export interface Finding {
  readonly rule: string;
  readonly stack: string;
  /** Place of the resource: `clicklogger/WorkflowRole/Policy`. */
  readonly path: string;
  /** Sid of the statement; undefined when the rule does not check statements. */
  readonly statement: string | undefined;
  /** What is wrong, with the value, and what to do. */
  readonly problem: string;
}

/** One rule of the gate: a pure function from a configuration to what it finds wrong there. */
export interface Rule {
  /** Kebab case: `bucket-tls`. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly requirement: string;
  readonly check: (configuration: Configuration) => readonly Violation[];
}

/** What a rule's function reports; the rest of a finding follows from it. */
export interface Violation {
  readonly resource: Pick<Resource, 'path'>;
  readonly problem: string;
  readonly statement?: string;
}

/** A rule that checks each resource of the types by itself. */
export function eachResource(
  name: string,
  requirement: string,
  types: readonly string[],
  findProblems: (resource: Resource) => readonly string[],
): Rule {
  return {
    name,
    requirement,
    check: ({ resources }) =>
      resources
        .filter(({ type }) => types.includes(type))
        .flatMap((resource) => findProblems(resource).map((problem) => ({ resource, problem }))),
  };
}

/** A rule that checks a resource with the rest of its stack, which a plan's changes do not have. */
export function eachInStack(
  name: string,
  requirement: string,
  types: readonly string[],
  findProblems: (resource: Resource, all: readonly Resource[]) => readonly string[],
): Rule {
  const check = ({ scope, resources }: Configuration): Violation[] =>
    scope === 'changes'
      ? []
      : resources
          .filter(({ type }) => types.includes(type))
          .flatMap((resource) => findProblems(resource, resources).map((problem) => ({ resource, problem })));
  return { name, requirement, check };
}
