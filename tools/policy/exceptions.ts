/** A finding that is intended. */
export interface Exception {
  readonly rule: string;
  /** As in the finding: `clicklogger/WorkflowRole/Policy`; `clicklogger/*` is every resource of the stack. */
  readonly path: string;
  /** Sid of the statement; undefined when the rule does not judge statements. */
  readonly statement?: string;
  /** Why it is right: what AWS does not offer, or what the narrower solution would cost. */
  readonly reason: string;
  /** The setting that makes the finding appear: without it the exception may be unused. @default it always appears */
  readonly onlyWith?: string;
}

const VENDED_LOGS =
  'The actions of log delivery do not support resources; AWS documents "*" for the logs of Step Functions.';
const LIST_CLUSTERS =
  'elasticmapreduce:ListClusters does not support resources; clusters are then selected by tag.';

/** Every exception to the rules; one that no finding needs fails the gate. */
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
    reason: 'The Describe actions of EC2 do not support resources.',
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
      'A cluster has no id before it is created; the condition on its tag allows only clusters of this pipeline.',
  },
  {
    ...{ rule: 'wildcard-resource', path: 'covid/InstanceRole/Policy', statement: 'FindLogGroup' },
    reason: 'IAM checks DescribeLogGroups on every resource.',
    onlyWith: 'CLUSTER_CLOUDWATCH_LOGS=on',
  },
  ...['clicklogger', 'covid'].map((stack) => ({
    ...{ rule: 'wildcard-resource', path: `${stack}/*`, statement: 'SendTraces' },
    reason: 'The actions of X-Ray do not support resources.',
    onlyWith: 'XRAY=on',
  })),
  {
    ...{ rule: 'trust-condition', path: 'covid/InstanceRole/Resource', statement: 'ServiceOfThisAccount' },
    reason:
      'EC2 gives the role to instances of the same account only, without a source in the request: with the condition no node starts.',
  },
  {
    ...{
      rule: 'wildcard-action',
      path: 'covid/DiskEncryption/Key',
      statement: 'Enable IAM User Permissions',
    },
    reason:
      'The default key policy of KMS: it leaves the decision to IAM in this account. Without it nobody could manage the key.',
    onlyWith: 'a plan of a key that exists',
  },
  {
    ...{ rule: 'managed-policy', path: 'covid/ServiceRole/ManagedPolicy' },
    reason:
      'EMR needs what AmazonEMRServicePolicy_v2 allows and changes it with its releases; it acts only on what has the tag of EMR.',
  },
];
