import { EmrStudio } from '../constructs/emr-studio';
import { PrivateNetwork } from '../constructs/private-network';
import { EMR_TAGS } from './base-stack';
import { studioRoleStatements } from './clicklogger-permissions';
import type { PipelineStack } from './pipeline-stack';

/**
 * EMR Studio with its bucket and role, and with a network when the settings contain none.
 *
 * @param bucketArns additional buckets that the network can access
 */
export function createStudio(stack: PipelineStack, bucketArns: readonly string[]): void {
  const studioName = stack.names.studio();
  const bucket = stack.bucket('StudioBucket', 'emr-studio', { versioned: true });
  const network =
    stack.settings.network ??
    new PrivateNetwork(stack, 'Network', {
      name: studioName,
      region: stack.settings.region,
      s3Statements: stack.s3EndpointStatements([...bucketArns, bucket.bucketArn]),
      tags: EMR_TAGS,
    });
  const role = stack.role('StudioRole', 'studio', {
    description: 'EMR Studio connects workspaces to our network',
    service: 'elasticmapreduce.amazonaws.com',
    sourceArns: [stack.arn('elasticmapreduce', '*')],
    statements: studioRoleStatements(bucket.bucketArn, (resource) => stack.arn('ec2', resource)),
  });
  const studio = new EmrStudio(stack, 'Studio', {
    studioName,
    description: 'Notebooks and job runs of the click reports',
    vpcId: network.vpcId,
    subnetIds: network.subnetIds,
    bucket,
    role,
    // The network of the stack has no internet access.
    reachesGit: stack.settings.network !== undefined,
    securityGroupNames: {
      engine: stack.names.securityGroup('studio-engine'),
      workspace: stack.names.securityGroup('studio-workspace'),
    },
    tags: EMR_TAGS,
  });
  stack.output('studio_url', studio.url, 'EMR Studio');
}
