/** Reproducible numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Values = Record<string, unknown>;

/** One resource of each type that a section reads, with new texts. */
const RESOURCES: Readonly<Record<string, (text: () => string) => Values>> = {
  aws_s3_bucket: (text) => ({ bucket: text(), acl: text(), tags: { [text()]: text() } }),
  aws_s3_bucket_lifecycle_configuration: (text) => ({
    rule: [{ id: text(), expiration: [{ days: 3 }], status: 'Enabled' }],
  }),
  aws_iam_role: (text) => ({
    name: text(),
    assume_role_policy: policy({ AWS: text(), Service: text() }, text(), text()),
    inline_policy: [{ name: text(), policy: policy(undefined, text(), text()) }],
    managed_policy_arns: [text()],
    permissions_boundary: text(),
  }),
  aws_kms_grant: (text) => ({ key_id: text(), grantee_principal: text(), operations: [text()] }),
  aws_cloudwatch_event_target: (text) => ({
    arn: `arn:aws:events:r:999999999999:${text()}`,
    role_arn: text(),
  }),
  aws_s3_bucket_public_access_block: (text) => ({ bucket: text(), block_public_acls: text().includes('1') }),
  aws_route_table: (text) => ({ route: [{ cidr_block: '0.0.0.0/0', gateway_id: text() }] }),
  aws_of_next_year: (text) => ({ map: { [text()]: text() } }),
  aws_iam_role_policy: (text) => ({ role: text(), policy: policy(undefined, text(), text()) }),
  aws_iam_role_policy_attachment: (text) => ({ role: text(), policy_arn: text() }),
  aws_sqs_queue_policy: (text) => ({ queue_url: `https://x/${text()}`, policy: policy('*', text(), text()) }),
  aws_lambda_permission: (text) => ({ function_name: text(), principal: text(), source_arn: text() }),
  aws_sfn_state_machine: (text) => {
    const state = text();
    const states = {
      [state]: { Type: 'Task', Resource: text(), Arguments: { a: text() }, Catch: [], End: true },
    };
    return { name: text(), definition: JSON.stringify({ StartAt: state, States: states }) };
  },
  aws_glue_catalog_table: (text) => ({
    name: text(),
    storage_descriptor: [{ columns: [{ name: text(), type: text() }] }],
  }),
  aws_security_group: (text) => ({ name: text(), ingress: [{ cidr_blocks: [text()], protocol: text() }] }),
  aws_vpc_endpoint: (text) => ({ service_name: text() }),
  aws_emrserverless_application: (text) => ({
    id: text(),
    name: text(),
    release_label: text(),
    maximum_capacity: [{ cpu: text(), memory: text() }],
  }),
  aws_scheduler_schedule: (text) => ({
    name: text(),
    schedule_expression: text(),
    schedule_expression_timezone: text(),
    target: [{ arn: text(), input: JSON.stringify({ a: text() }) }],
  }),
  postgresql_database: (text) => ({ name: text(), list: [text(), text()], map: { a: [{ b: text() }] } }),
};

function policy(Principal: unknown, action: string, resource: string): string {
  const statement = {
    Effect: 'Allow',
    Action: action,
    Resource: resource,
    Condition: { X: { y: resource } },
  };
  return JSON.stringify({ Statement: [Principal === undefined ? statement : { ...statement, Principal }] });
}

const ACTIONS = [['create'], ['update'], ['delete'], ['delete', 'create'], ['no-op'], ['forget']];

/** A plan with random actions and marks, and the marked texts; `wrap` changes the texts of the plan. */
export function randomPlan(seed: number, wrap = (text: string): string => text) {
  const random = randomNumbers(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const marked: string[] = [];
  let count = 0;
  const text = (): string => {
    count += 1;
    // Sometimes a marked text: Terraform does not mark values that a provider computes from it.
    return marked.length > 0 && random() < 0.15 ? `x-${pick(marked)}` : wrap(`value-${seed}-${count}!`);
  };
  const marks = (value: unknown): unknown => {
    if (random() < 0.2) {
      marked.push(...textsOf(value));
      return true;
    }
    if (Array.isArray(value)) return value.map(marks);
    if (typeof value !== 'object' || value === null) return random() < 0.5 ? false : undefined;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, marks(part)]));
  };
  const resource = (type: string, index: number) => {
    const actions = pick(ACTIONS);
    const before = actions[0] === 'create' ? null : RESOURCES[type]!(text);
    const known = ['delete', 'forget'].includes(actions.join()) ? null : RESOURCES[type]!(text);
    const later = Object.keys(known ?? {}).filter(() => random() < 0.1);
    const after =
      known && Object.fromEntries(Object.entries(known).filter(([name]) => !later.includes(name)));
    const change = {
      actions,
      before,
      after,
      after_unknown: Object.fromEntries(later.map((name) => [name, true])),
      before_sensitive: marks(before),
      after_sensitive: marks(after),
    };
    return { address: `${type}.r[${index}]`, mode: 'managed', type, name: 'r', change };
  };
  const types = Object.keys(RESOURCES);
  const list = (length: number) => Array.from({ length }, (_, index) => resource(pick(types), index));
  const document = { format_version: '1.2', resource_changes: list(12), resource_drift: list(2) };
  return { document, marked };
}

/** All new texts in a value; others, such as `Enabled`, are not unique. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('value-') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
