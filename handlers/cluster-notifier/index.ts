import { EMRClient } from '@aws-sdk/client-emr';
import { S3Client } from '@aws-sdk/client-s3';
import { createClient } from '../shared/aws-clients';
import { findClusterFacts } from '../shared/compute/cluster-facts';
import { requiredVariable } from '../shared/environment';
import { notifier } from '../shared/notification/notify';

const place = {
  emr: createClient(EMRClient, {}),
  s3: createClient(S3Client, {}),
  pipeline: requiredVariable('PIPELINE'),
  region: requiredVariable('AWS_REGION'),
};

/** Publishes a notification when an execution of the covid workflow ends. */
export const handler = notifier({
  findCompute: (execution) => findClusterFacts(place, execution),
  rerunOf: (command) => command,
});
