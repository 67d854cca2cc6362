/** A finding that is meant to be there. */
export interface Exception {
  readonly rule: string;
  /** As in the finding: `clicklogger/WorkflowRole/Policy`; `clicklogger/*` is every resource of the stack. */
  readonly path: string;
  /** Sid of the statement; undefined when the rule judges no statement. */
  readonly statement?: string;
  /** Why it is right as it is: what AWS does not offer, or what the narrower thing would cost. */
  readonly reason: string;
  /** What makes the finding appear, when that is not always there: without it the exception may go unused. */
  readonly onlyWith?: string;
}

const VENDED_LOGS =
  'The actions of log delivery know no resource; AWS documents "*" for the logs of Step Functions.';
const LIST_CLUSTERS = 'elasticmapreduce:ListClusters knows no resource; clusters are then told apart by tag.';

/** Every exception from the rules; one that no finding needs fails the gate. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    ...{
      rule: 'wildcard-resource',
      path: 'clicklogger/WorkflowRole/Policy',
      statement: 'DeliverExecutionLog',
    },
    reason: VENDED_LOGS,
  },
  {
    ...{ rule: 'wildcard-resource', path: 'covid/WorkflowRole/Policy', statement: 'DeliverExecutionLog' },
    reason: VENDED_LOGS,
  },
  {
    ...{ rule: 'wildcard-resource', path: 'clicklogger/StudioRole/Policy', statement: 'ReadNetwork' },
    reason: 'The Describe actions of EC2 know no resource.',
    onlyWith: 'STUDIO=on',
  },
  {
    ...{ rule: 'wildcard-resource', path: 'covid/NotifierRole/Policy', statement: 'ListClusters' },
    reason: LIST_CLUSTERS,
  },
  {
    ...{ rule: 'wildcard-resource', path: 'covid/ReaperRole/Policy', statement: 'ListClusters' },
    reason: LIST_CLUSTERS,
  },
  {
    ...{ rule: 'wildcard-resource', path: 'covid/WorkflowRole/Policy', statement: 'FindCluster' },
    reason: LIST_CLUSTERS,
  },
  {
    ...{ rule: 'wildcard-resource', path: 'covid/WorkflowRole/Policy', statement: 'CreateTaggedCluster' },
    reason:
      'A cluster has no id before it is created; the condition on its tag lets only the cluster of this pipeline through.',
  },
  {
    ...{ rule: 'wildcard-resource', path: 'covid/InstanceRole/Policy', statement: 'FindLogGroup' },
    reason: 'IAM checks DescribeLogGroups on every resource.',
    onlyWith: 'CLUSTER_CLOUDWATCH_LOGS=on',
  },
  ...['clicklogger', 'covid'].map((stack) => ({
    ...{ rule: 'wildcard-resource', path: `${stack}/*`, statement: 'SendTraces' },
    reason: 'The actions of X-Ray know no resource.',
    onlyWith: 'XRAY=on',
  })),
  {
    ...{ rule: 'trust-condition', path: 'covid/InstanceRole/Resource', statement: 'ServiceOfThisAccount' },
    reason:
      'EC2 hands the role to an instance of the same account only, and names no source when it does: with the condition no node starts.',
  },
  {
    ...{
      rule: 'wildcard-action',
      path: 'covid/DiskEncryption/Key',
      statement: 'Enable IAM User Permissions',
    },
    reason:
      'The policy that KMS itself gives a key: it leaves the decision to IAM in this account. Without it nobody could manage the key.',
    onlyWith: 'a plan of a key that exists',
  },
  {
    ...{ rule: 'managed-policy', path: 'covid/ServiceRole/ManagedPolicy' },
    reason:
      'EMR needs what AmazonEMRServicePolicy_v2 allows and changes it with its releases; it acts only on what carries the tag of EMR.',
  },
];
