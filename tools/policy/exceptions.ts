/** An intended finding. */
export interface Exception {
  readonly rule: string;
  /** `clicklogger/WorkflowRole/Policy`; `clicklogger/*` is every resource of the stack. */
  readonly path: string;
  /** Sid of the statement, for rules about statements. */
  readonly statement?: string;
  /** The finding's text without its advice: a statement that allows more is a new finding. */
  readonly problem: string;
  /** Why it is intended: AWS does not support less, or the cost of less. */
  readonly reason: string;
  /** The setting that causes the finding; without it the exception may be unused. @default always used */
  readonly onlyWith?: string;
}

const VENDED_LOGS =
  'The actions of log delivery do not support resources; AWS documents "*" for the logs of Step Functions.';
const LIST_CLUSTERS =
  'elasticmapreduce:ListClusters does not support resources; the role then selects clusters by tag.';

const DELIVER_LOGS =
  'allows logs:CreateLogDelivery, logs:DeleteLogDelivery, logs:DescribeLogGroups, logs:DescribeResourcePolicies, ' +
  'logs:GetLogDelivery, logs:ListLogDeliveries, logs:PutResourcePolicy, logs:UpdateLogDelivery on *';
const DESCRIBE_NETWORK =
  'allows ec2:DescribeInstances, ec2:DescribeNetworkInterfaces, ec2:DescribeSecurityGroups, ec2:DescribeSubnets, ' +
  'ec2:DescribeTags, ec2:DescribeVpcs on *';
const TRACE =
  'allows xray:GetSamplingRules, xray:GetSamplingTargets, xray:PutTelemetryRecords, xray:PutTraceSegments on *';

/** All exceptions to the rules; an unused exception fails the gate. */
export const EXCEPTIONS: readonly Exception[] = [
  ...['clicklogger', 'covid'].map((stack) => ({
    rule: 'wildcard-resource',
    path: `${stack}/WorkflowRole/Policy`,
    statement: 'DeliverExecutionLog',
    problem: DELIVER_LOGS,
    reason: VENDED_LOGS,
  })),
  {
    rule: 'wildcard-resource',
    path: 'clicklogger/StudioRole/Policy',
    statement: 'ReadNetwork',
    problem: DESCRIBE_NETWORK,
    reason: 'The Describe actions of EC2 do not support resources.',
    onlyWith: 'STUDIO=on',
  },
  ...[
    { role: 'NotifierRole', statement: 'ListClusters' },
    { role: 'ReaperRole', statement: 'ListClusters' },
    { role: 'WorkflowRole', statement: 'FindCluster' },
  ].map(({ role, statement }) => ({
    rule: 'wildcard-resource',
    path: `covid/${role}/Policy`,
    statement,
    problem: 'allows elasticmapreduce:ListClusters on *',
    reason: LIST_CLUSTERS,
  })),
  {
    rule: 'wildcard-resource',
    path: 'covid/WorkflowRole/Policy',
    statement: 'CreateTaggedCluster',
    problem: 'allows elasticmapreduce:RunJobFlow on *',
    reason:
      'A cluster has no ID before it is created; the condition on its tag allows only clusters of this pipeline.',
  },
  {
    rule: 'wildcard-resource',
    path: 'covid/InstanceRole/Policy',
    statement: 'FindLogGroup',
    problem: 'allows logs:DescribeLogGroups on *',
    reason: 'IAM checks DescribeLogGroups on every resource.',
    onlyWith: 'CLUSTER_CLOUDWATCH_LOGS=on',
  },
  ...['clicklogger', 'covid'].map((stack) => ({
    rule: 'wildcard-resource',
    path: `${stack}/*`,
    statement: 'SendTraces',
    problem: TRACE,
    reason: 'The actions of X-Ray do not support resources.',
    onlyWith: 'XRAY=on',
  })),
  {
    rule: 'trust-condition',
    path: 'covid/InstanceRole/Resource',
    statement: 'ServiceOfThisAccount',
    problem: 'can be assumed by ec2.amazonaws.com on behalf of any account',
    reason:
      'EC2 provides the role only to instances of the same account, and its request has no source: with a condition no node starts.',
  },
  {
    rule: 'wildcard-action',
    path: 'covid/DiskEncryption/Key',
    statement: 'Enable IAM User Permissions',
    problem: 'allows kms:*',
    reason:
      'The default key policy of KMS: IAM policies of this account decide. Without it the key cannot be managed.',
    onlyWith: 'a plan of a key that exists',
  },
  ...['clicklogger', 'covid'].map((stack) => ({
    rule: 'wildcard-action',
    path: `${stack}/DataKey/Resource`,
    statement: 'LetIamDecide',
    problem: 'allows kms:*',
    reason:
      'As in the default key policy of KMS: IAM policies of this account decide, so that the key can always be managed.',
    onlyWith: 'CUSTOMER_MANAGED_KEYS=on',
  })),
  {
    rule: 'managed-policy',
    path: 'covid/ServiceRole/ManagedPolicy',
    problem: 'attaches arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2',
    reason:
      'AWS updates AmazonEMRServicePolicy_v2 with the releases of EMR; it allows actions only on resources with the tag of EMR.',
  },
];
