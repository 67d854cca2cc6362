import { COMPUTE_RULES } from './compute-rules';
import type { Configuration } from './configuration';
import type { Exception } from './exceptions';
import { PERMISSION_RULES } from './permission-rules';
import type { Finding, Rule, Violation } from './rule';
import { STORAGE_RULES } from './storage-rules';

const TAGS = ['project', 'stage', 'managed-by'];

function findMissingTags({ stack, defaultTags }: Configuration): Violation[] {
  if (defaultTags === undefined) return [];
  return TAGS.filter((tag) => (defaultTags[tag] ?? '') === '').map((tag) => ({
    resource: { path: `${stack}/aws` },
    problem: `has no default tag "${tag}": npm run cleanup finds resources by it`,
  }));
}

/** Every rule of the gate; config/names.ts checks names. */
export const RULES: readonly Rule[] = [
  ...PERMISSION_RULES,
  ...STORAGE_RULES,
  ...COMPUTE_RULES,
  {
    name: 'tags',
    requirement: 'Every resource has the tags project, stage and managed-by.',
    check: findMissingTags,
  },
];

/** The result of the gate, which passes without findings and unused exceptions. */
export interface GateResult {
  readonly findings: readonly Finding[];
  readonly allowed: readonly { readonly finding: Finding; readonly exception: Exception }[];
  readonly unused: readonly Exception[];
}

export function findingsIn(configuration: Configuration): Finding[] {
  const { stack, hide = (text: string) => text } = configuration;
  return RULES.flatMap(({ name, check }) =>
    check(configuration).map(({ resource, problem, statement }) => ({
      rule: name,
      stack,
      path: hide(resource.path),
      statement: statement && hide(statement),
      problem: hide(problem),
    })),
  );
}

export function checkPolicy(
  configurations: readonly Configuration[],
  exceptions: readonly Exception[],
): GateResult {
  const findings: Finding[] = [];
  const allowed: { finding: Finding; exception: Exception }[] = [];
  for (const finding of configurations.flatMap(findingsIn)) {
    const exception = exceptions.find((candidate) => allows(candidate, finding));
    if (exception === undefined) findings.push(finding);
    else allowed.push({ finding, exception });
  }
  const used = new Set(allowed.map(({ exception }) => exception));
  return { findings, allowed, unused: exceptions.filter((exception) => !used.has(exception)) };
}

function allows({ rule, path, statement, problem }: Exception, finding: Finding): boolean {
  const isSame = rule === finding.rule && statement === finding.statement && samePlace(path, finding);
  return isSame && finding.problem.startsWith(`${problem}: `);
}

/** A plan has no paths, only addresses such as `TYPE.WorkflowRole_Policy_4D26EE2C`. */
function samePlace(path: string, found: Finding): boolean {
  if (path === found.path) return true;
  const [stack, ...ids] = path.split('/');
  if (ids[0] === '*') return stack === found.stack;
  const name = ids.filter((id) => id !== 'Resource').join('_');
  return stack === found.stack && new RegExp(`^aws_\\w+\\.${name}(_[0-9A-F]{8})?$`).test(found.path);
}

/** The result for a terminal: findings, then exceptions. */
export function renderResult({ findings, allowed, unused }: GateResult): string {
  const requirements = new Map(RULES.map(({ name, requirement }) => [name, requirement]));
  const place = ({ path, statement }: Pick<Finding, 'path' | 'statement'>): string =>
    statement === undefined ? path : `${path}, statement ${statement}`;
  const problems = findings.map(
    (finding) =>
      `✖ ${finding.rule}: ${requirements.get(finding.rule) ?? ''}\n    ${place(finding)} ${finding.problem}`,
  );
  const stale = unused.map(
    (exception) =>
      `✖ unused exception: ${exception.rule} for ${[exception.path, exception.statement].filter(Boolean).join(', statement ')}\n` +
      '    No finding matches it: remove it from tools/policy/exceptions.ts',
  );
  const intended = allowed.map(
    ({ finding, exception }) => `• ${finding.rule}: ${place(finding)}\n    ${exception.reason}`,
  );
  const end = `${RULES.length} rules, ${findings.length} findings, ${allowed.length} exceptions with a reason`;
  return [...problems, ...stale, ...intended, end].join('\n');
}
