/** Kinds of resources in turn, so that every section has work: each with what it was and what it becomes. */
const KINDS: readonly ((index: number) => {
  type: string;
  actions: string[];
  before: object;
  after: object;
})[] = [
  (index) => ({
    type: 'aws_s3_bucket',
    actions: ['delete', 'create'],
    before: { bucket: `bucket-${index}`, force_destroy: true },
    after: { bucket: `bucket-${index}-new`, force_destroy: true },
  }),
  (index) => ({
    type: 'aws_iam_role_policy',
    actions: ['update'],
    before: { role: `role-${index}`, policy: policy('s3:GetObject', index) },
    after: { role: `role-${index}`, policy: policy('s3:Get*', index) },
  }),
  (index) => ({
    type: 'aws_sfn_state_machine',
    actions: ['update'],
    before: { name: `machine-${index}`, definition: machine(20) },
    after: { name: `machine-${index}`, definition: machine(21) },
  }),
  (index) => ({
    type: 'aws_vpc_security_group_ingress_rule',
    actions: ['update'],
    before: { cidr_ipv4: '10.0.0.0/8', ip_protocol: 'tcp', from_port: index, to_port: index },
    after: { cidr_ipv4: '0.0.0.0/0', ip_protocol: 'tcp', from_port: index, to_port: index },
  }),
  (index) => ({
    type: 'aws_lambda_function',
    actions: ['update'],
    before: { function_name: `function-${index}`, memory_size: 128, tags: { team: 'a' } },
    after: { function_name: `function-${index}`, memory_size: 256, tags: { team: 'b' } },
  }),
];

function policy(action: string, index: number): string {
  return JSON.stringify({
    Statement: [{ Effect: 'Allow', Action: [action], Resource: [`arn:aws:s3:::bucket-${index}/*`] }],
  });
}

function machine(states: number): string {
  const names = Array.from({ length: states }, (_, index) => `State${index}`);
  const entries = names.map((name, index): [string, object] => [
    name,
    { Type: 'Pass', Next: names[index + 1] ?? 'Done' },
  ]);
  return JSON.stringify({
    StartAt: 'State0',
    States: { ...Object.fromEntries(entries), Done: { Type: 'Succeed' } },
  });
}

/** The JSON of a plan that changes that many resources, as `terraform show -json` writes it: to measure a review with. */
export function largePlan(resources: number): string {
  const changes = Array.from({ length: resources }, (_, index): object => {
    const kind = KINDS[index % KINDS.length]?.(index);
    return { address: `R${index}`, mode: 'managed', name: `R${index}`, type: kind?.type, change: kind };
  });
  return JSON.stringify({ format_version: '1.2', terraform_version: '1.11.4', resource_changes: changes });
}
