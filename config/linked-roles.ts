/** A service-linked role: one in each account for each service. */
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
  /** EMR creates it with the first cluster of an account; it terminates instances that the service role cannot terminate anymore. */
  emrCleanup: { service: 'elasticmapreduce.amazonaws.com', name: 'AWSServiceRoleForEMRCleanup' },
  /** EC2 creates it with the first Spot Instance, with the permissions of the requester. */
  spot: { service: 'spot.amazonaws.com', name: 'AWSServiceRoleForEC2Spot' },
} satisfies Readonly<Record<string, LinkedRole>>;
