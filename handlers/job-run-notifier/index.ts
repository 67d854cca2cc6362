import { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { S3Client } from '@aws-sdk/client-s3';
import { createClient } from '../shared/aws-clients';
import { ARCHITECTURES } from '../shared/compute/job-run-cost';
import { findJobRunFacts, type JobRunPlace, rerunFor } from '../shared/compute/job-run-facts';
import { choiceVariable, requiredVariable } from '../shared/environment';
import { notifier } from '../shared/notification/notify';

/** The end of a cancelled job run, its billed resources and its logs are each delayed by some seconds. */
const MAX_WAIT_MS = 90_000;

const place: JobRunPlace = {
  emrServerless: createClient(EMRServerlessClient, {}),
  s3: createClient(S3Client, {}),
  applicationId: requiredVariable('APPLICATION_ID'),
  placement: {
    region: requiredVariable('AWS_REGION'),
    architecture: choiceVariable('ARCHITECTURE', ARCHITECTURES),
  },
};

/** Publishes a notification when an execution of the clicklogger workflow ends. */
export const handler = notifier({
  findCompute: (execution) => findJobRunFacts(place, execution, MAX_WAIT_MS),
  rerunOf: rerunFor,
});
