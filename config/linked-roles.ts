/** A role that AWS keeps for one of its services; one in an account, for all who use the service. */
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
  /** EC2 makes it with the first Spot instance, when whoever asks for the instance may make it. */
  spot: { service: 'spot.amazonaws.com', name: 'AWSServiceRoleForEC2Spot' },
} satisfies Readonly<Record<string, LinkedRole>>;
