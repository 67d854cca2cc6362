import type { Configuration } from './configuration';
import type { Rule, Violation } from './rule';

const TAGS = ['project', 'stage', 'managed-by'];

function check({ stack, defaultTags }: Configuration): Violation[] {
  if (defaultTags === undefined) return [];
  return TAGS.filter((tag) => (defaultTags[tag] ?? '') === '').map((tag) => ({
    resource: { path: `${stack}/aws` },
    problem: `has no default tag "${tag}": npm run cleanup finds resources by it`,
  }));
}

/** Rules about tags; config/names.ts checks names. */
export const TAG_RULES: readonly Rule[] = [
  { name: 'tags', requirement: 'Every resource has the tags project, stage and managed-by.', check },
];
