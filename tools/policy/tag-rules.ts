import type { Configuration } from './configuration';
import type { Rule, Violation } from './rule';

const TAGS = ['project', 'stage', 'managed-by'];

function check({ stack, defaultTags }: Configuration): Violation[] {
  if (defaultTags === undefined) return [];
  return TAGS.filter((tag) => (defaultTags[tag] ?? '') === '').map((tag) => ({
    resource: { path: `${stack}/aws` },
    problem: `does not put the tag "${tag}" on every resource: npm run cleanup finds resources by it`,
  }));
}

/** How resources are found again; their names are checked where config/names.ts makes them. */
export const TAG_RULES: readonly Rule[] = [
  { name: 'tags', requirement: 'Every resource carries project, stage and managed-by.', check },
];
