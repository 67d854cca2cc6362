import { S3, S3ServiceException } from '@aws-sdk/client-s3';
import { deployCommand } from '../../config/task-command';
import { TaskError } from '../cli/errors';
import { findLocalAws } from '../local-aws/local-aws';
import { openTarget, type Target, type TargetOptions } from '../aws/target';

/** The purpose in the bucket's name; the covid stack makes it. */
const PURPOSE = 'covid-data';

/** Opens AWS, or the local AWS when it runs: data loaded into an empty one would be of no use. */
export async function openDeployed(options: TargetOptions): Promise<Target> {
  if (options.local === true && findLocalAws() === undefined) {
    throw new TaskError('The local AWS is not running. Start it, with the stacks in it: npm run local:up');
  }
  return openTarget(options);
}

/** The data bucket of the deployed covid stack; TaskError that says what to do when it is not there. */
export async function covidDataBucket(target: Target): Promise<string> {
  const bucket = target.names.bucket(PURPOSE);
  try {
    await target.client(S3).headBucket({ Bucket: bucket });
    return bucket;
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404) {
      throw new TaskError(
        `There is no bucket ${bucket} for ${target.description}: deploy the covid stack first, with ` +
          `${deployCommand(target.stage, target.kind)}. ` +
          'Another stage is chosen with --stage, another region with AWS_REGION.',
      );
    }
    if (status === 403) {
      throw new TaskError(
        `The bucket ${bucket} of ${target.description} refuses these credentials; they need s3:ListBucket and s3:PutObject.`,
      );
    }
    throw error;
  }
}
