/** A role of an AWS service; one in an account, for all users of the service. */
export interface LinkedRole {
  /** E.g. `elasticmapreduce.amazonaws.com`. */
  readonly service: string;
  readonly name: string;
}

/** The service-linked roles that the pipelines need. */
export const LINKED_ROLES = {
  emrServerless: {
    service: 'ops.emr-serverless.amazonaws.com',
    name: 'AWSServiceRoleForAmazonEMRServerless',
  },
  /** EMR makes it in an account's first cluster; it ends instances that the service role no longer may. */
  emrCleanup: { service: 'elasticmapreduce.amazonaws.com', name: 'AWSServiceRoleForEMRCleanup' },
  /** EC2 makes it with the first Spot instance, when the requester of the instance may create it. */
  spot: { service: 'spot.amazonaws.com', name: 'AWSServiceRoleForEC2Spot' },
} satisfies Readonly<Record<string, LinkedRole>>;
