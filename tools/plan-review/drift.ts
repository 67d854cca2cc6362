import { attributeChanges, type AttributeChange } from '../terraform/plan/attribute-diff';
import { beforeAfter, code, countEach, counted, table } from './markdown';
import type { ResourceChange } from '../terraform/plan/plan-format';
import { itemsIf, type ReviewContext, type Section } from './section';

/** An attribute that is added or removed in this many resources counts as a change of the provider. */
const MIN_ECHOES = 3;

interface Drifted {
  readonly change: ResourceChange;
  readonly attributes: readonly AttributeChange[];
}

/** Changes outside of Terraform since the last apply; not part of this change. */
export function drift({ plans }: ReviewContext): Section | undefined {
  const found = plans.flatMap((plan) => plan.drift).map(describe);
  const echoes = echoesIn(found);
  const drifted = found
    .map(({ change, attributes }) => ({
      change,
      attributes: attributes.filter((attribute) => !echoes.has(echoOf(attribute))),
    }))
    // Terraform also lists resources whose attributes are equal.
    .filter(({ change, attributes }) => change.kind === 'delete' || attributes.length > 0);
  if (drifted.length + echoes.size === 0) return undefined;
  const rows = drifted.flatMap(({ change, attributes }) =>
    change.kind === 'delete'
      ? [[code(change.address), 'deleted', '', '']]
      : attributes.map(({ path, before, after }) => [
          code(change.address),
          code(path.join('.')),
          ...beforeAfter(before, after),
        ]),
  );
  return {
    title: 'Drift',
    summary: itemsIf(drifted.length > 0, `${drifted.length} drifted`),
    blocks: [
      ...itemsIf(drifted.length > 0, {
        line: `- ${counted(drifted.length, 'resource')} changed outside of Terraform, or read differently by the provider`,
        detail: table(['Resource', 'Attribute', 'State', 'Actual'], rows),
      }),
      ...[...echoes].map(([echo, count]) => ({
        line: `- ${code(echo)} in ${counted(count, 'resource')}, as after a provider upgrade`,
      })),
    ],
  };
}

function describe(change: ResourceChange): Drifted {
  // As a replacement: drift has no values that are known only after apply.
  const attributes = attributeChanges({ ...change, kind: 'replace' });
  return { change, attributes: attributes.filter(({ path }) => !isRepeated(change, path)) };
}

/** "new attribute region": an attribute that is only added or removed; '' for tags, which users change. */
function echoOf({ path, before, after }: AttributeChange): string {
  if (path[0] === 'tags' || path[0] === 'tags_all' || (before !== undefined && after !== undefined))
    return '';
  return `${before === undefined ? 'new' : 'removed'} attribute ${path.join('.')}`;
}

/** Attributes that are added or removed in several resources, with the number of resources. */
function echoesIn(drifted: readonly Drifted[]): ReadonlyMap<string, number> {
  const counts = countEach(drifted.flatMap(({ attributes }) => [...new Set(attributes.map(echoOf))]));
  return new Map([...counts].filter(([echo, count]) => echo !== '' && count >= MIN_ECHOES));
}

/** Attributes that repeat other resources of the stack: empty in the state until the next refresh. */
const REPEATED: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role: ['inline_policy', 'managed_policy_arns'],
  aws_security_group: ['ingress', 'egress'],
  aws_route_table: ['route'],
  aws_sqs_queue: ['policy'],
  aws_sns_topic: ['policy'],
  aws_s3_bucket: [
    'lifecycle_rule',
    'policy',
    'server_side_encryption_configuration',
    'versioning',
    'website',
    'grant',
  ],
};

function isRepeated({ type, before }: ResourceChange, [first = '']: readonly string[]): boolean {
  const attributes = new Map(Object.entries(REPEATED)).get(type) ?? [];
  const value = before?.[first];
  const wasEmpty =
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return attributes.includes(first) && (wasEmpty || type === 'aws_s3_bucket');
}
