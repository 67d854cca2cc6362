import { attributeChanges, isTagsOnly } from '../terraform/attribute-diff';
import { beforeAfter, code, counted, table } from './markdown';
import type { ResourceChange } from '../terraform/plan-format';
import type { ReviewContext, Section } from './section';

/** More rows than this are counted. */
const MOST_ROWS = 40;

/** What somebody or something else has changed since the last apply; not part of this change. */
export function drift({ plans }: ReviewContext): Section | undefined {
  const drifted = plans
    .flatMap((plan) => plan.drift)
    .map((change) => ({ change, attributes: attributeChanges({ ...change, kind: 'replace' }) }))
    .map(({ change, attributes }) => ({
      change,
      attributes: attributes.filter(({ path }) => !isEcho(change, path)),
    }))
    // Terraform also lists what it reads in another spelling.
    .filter(
      ({ change, attributes }) => change.kind === 'delete' || (attributes.length > 0 && !isTagsOnly(change)),
    );
  if (drifted.length === 0) return undefined;
  const rows = drifted.flatMap(({ change, attributes }) =>
    change.kind === 'delete'
      ? [[code(change.address), 'deleted', '', '']]
      : attributes.map(({ path, before, after }) => [
          code(change.address),
          code(path.join('.')),
          ...beforeAfter(before, after),
        ]),
  );
  const left = rows.length - MOST_ROWS;
  const shown = table(['Resource', 'Attribute', 'In the state', 'Found'], rows.slice(0, MOST_ROWS));
  return {
    title: 'Drift',
    verdict: [`${drifted.length} drifted`],
    blocks: [
      {
        line: `- ${counted(drifted.length, 'resource')} not as the last apply left ${drifted.length === 1 ? 'it' : 'them'}: changed outside of Terraform, or told differently by AWS`,
        detail: left > 0 ? `${shown}\n\n${counted(left, 'more row')} left out.` : shown,
      },
    ],
  };
}

/** Attributes in which AWS tells what other resources of the stack have made: empty in the state until the next refresh. */
const ECHOES: Readonly<Record<string, readonly string[]>> = {
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

function isEcho({ type, before }: ResourceChange, [first = '']: readonly string[]): boolean {
  const echoes = new Map(Object.entries(ECHOES)).get(type) ?? [];
  const value = before?.[first];
  const wasEmpty =
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return echoes.includes(first) && (wasEmpty || type === 'aws_s3_bucket');
}
