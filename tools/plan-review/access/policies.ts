import { isMarked } from '../../terraform/masking';
import type { Attributes, ResourceChange } from '../../terraform/plan-format';
import { renameBy, type Rename } from '../../terraform/renaming';
import { text } from '../section';

/** A policy of the plan, before and after. */
export interface PolicyChange {
  readonly change: ResourceChange;
  /** What it is: decides how it is told. */
  readonly kind: 'permissions' | 'trust' | 'resource';
  /** Whose it is: a role's, bucket's, queue's name. */
  readonly holder: string;
  /** JSON; undefined when there was or will be none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether the new policy is known only after apply. */
  readonly isLater: boolean;
}

interface Place {
  readonly kind: PolicyChange['kind'];
  readonly attribute: string;
  /** Attribute that names the holder. */
  readonly holder: string;
}

const PLACES: Readonly<Record<string, Place>> = {
  aws_iam_role: { kind: 'trust', attribute: 'assume_role_policy', holder: 'name' },
  aws_iam_role_policy: { kind: 'permissions', attribute: 'policy', holder: 'role' },
  aws_iam_user_policy: { kind: 'permissions', attribute: 'policy', holder: 'user' },
  aws_iam_group_policy: { kind: 'permissions', attribute: 'policy', holder: 'group' },
  aws_iam_policy: { kind: 'permissions', attribute: 'policy', holder: 'name' },
  aws_s3_bucket_policy: { kind: 'resource', attribute: 'policy', holder: 'bucket' },
  aws_kms_key: { kind: 'resource', attribute: 'policy', holder: 'id' },
  aws_kms_key_policy: { kind: 'resource', attribute: 'policy', holder: 'key_id' },
  aws_sqs_queue: { kind: 'resource', attribute: 'policy', holder: 'name' },
  aws_sqs_queue_policy: { kind: 'resource', attribute: 'policy', holder: 'queue_url' },
  aws_sns_topic: { kind: 'resource', attribute: 'policy', holder: 'name' },
  aws_sns_topic_policy: { kind: 'resource', attribute: 'policy', holder: 'arn' },
  aws_secretsmanager_secret_policy: { kind: 'resource', attribute: 'policy', holder: 'secret_arn' },
  aws_glue_resource_policy: { kind: 'resource', attribute: 'policy', holder: 'id' },
  aws_cloudwatch_log_resource_policy: {
    kind: 'resource',
    attribute: 'policy_document',
    holder: 'policy_name',
  },
  aws_cloudwatch_event_bus_policy: { kind: 'resource', attribute: 'policy', holder: 'event_bus_name' },
  aws_vpc_endpoint: { kind: 'resource', attribute: 'policy', holder: 'service_name' },
  aws_lambda_permission: { kind: 'resource', attribute: '', holder: 'function_name' },
  aws_iam_role_policy_attachment: { kind: 'permissions', attribute: '', holder: 'role' },
};

/** Types whose own policy a resource beside them holds: then AWS computes the attribute, and it says nothing new. */
const COMPUTED = new Set(['aws_sqs_queue', 'aws_sns_topic', 'aws_kms_key', 'aws_vpc_endpoint']);

/** The policy that a resource holds before and after; undefined when it holds none or none that changes. */
export function policyChange(change: ResourceChange): PolicyChange | undefined {
  const place = new Map(Object.entries(PLACES)).get(change.type);
  if (place === undefined) return undefined;
  const [before, after] = [
    policyIn(change.type, place, change.before),
    policyIn(change.type, place, change.after),
  ];
  const isLater = after === undefined && isMarked(change.unknown, [place.attribute]);
  if (before === after || (isLater && COMPUTED.has(change.type))) return undefined;
  const holder = text(change.after, place.holder) ?? text(change.before, place.holder) ?? change.address;
  return { change, kind: place.kind, holder: lastPart(holder), before, after, isLater };
}

/** The name at the end of an ARN or URL. */
export function lastPart(name: string): string {
  return (
    name
      .split(/[:/]/)
      .filter((part) => part !== '')
      .at(-1) ?? name
  );
}

function policyIn(type: string, place: Place, attributes: Attributes | undefined): string | undefined {
  if (attributes === undefined) return undefined;
  if (type === 'aws_lambda_permission') return lambdaStatement(attributes);
  if (type === 'aws_iam_role_policy_attachment') return attachment(attributes);
  return text(attributes, place.attribute);
}

/** What Lambda makes of the permission, in the words of a policy. */
function lambdaStatement(attributes: Attributes): string {
  const [account, arn] = [text(attributes, 'source_account'), text(attributes, 'source_arn')];
  const condition = {
    ...(account !== undefined && { StringEquals: { 'AWS:SourceAccount': account } }),
    ...(arn !== undefined && { ArnLike: { 'AWS:SourceArn': arn } }),
  };
  const statement = {
    Effect: 'Allow',
    Principal: { Service: text(attributes, 'principal') ?? '(known after apply)' },
    Action: text(attributes, 'action') ?? 'lambda:InvokeFunction',
    Resource: text(attributes, 'function_name') ?? '(known after apply)',
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
  return JSON.stringify({ Statement: [statement] });
}

/** A managed policy's content is not in the plan: it counts as one grant. */
function attachment(attributes: Attributes): string {
  const arn = text(attributes, 'policy_arn') ?? '(known after apply)';
  const action = `all of the managed policy ${arn}`;
  return JSON.stringify({
    Statement: [{ Effect: 'Allow', Action: action, Resource: '(as the policy says)' }],
  });
}

/** Who can act as a role: its trust policy's principals, by the role's name. */
export function trustedBy(all: readonly ResourceChange[]): ReadonlyMap<string, string> {
  const roles = all.filter(({ type }) => type === 'aws_iam_role');
  return new Map(
    roles.map(({ before, after }) => {
      const trust = text(after, 'assume_role_policy') ?? text(before, 'assume_role_policy') ?? '';
      const services = [...trust.matchAll(/"([a-z0-9.-]+\.amazonaws\.com)"/g)].map((match) => match[1] ?? '');
      return [text(after ?? before, 'name') ?? '', [...new Set(services)].join(', ')];
    }),
  );
}

/** As `renameBy`, for texts that may have the new names already. */
export function followNames(names: ReadonlyMap<string, string>): Rename {
  const rename = renameBy(names);
  const news = [...names.values()];
  return (given) => (news.some((name) => given?.includes(name)) ? given : rename(given));
}
