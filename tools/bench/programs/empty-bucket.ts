import { S3 } from '@aws-sdk/client-s3';
import { TASK_LIMITS } from '../../aws/request-limits';
import { clientFactory } from '../../aws/target';
import { LOCAL_CREDENTIALS } from '../../local-aws/client-environment';
import { emptyAndDelete } from '../../teardown/bucket-emptying';

/** Empties and deletes a bucket like the cleanup. Arguments: `ENDPOINT BUCKET`. */
const [endpoint = '', bucket = ''] = process.argv.slice(2);
const where = { endpoint, region: 'us-east-1', forcePathStyle: true, credentials: LOCAL_CREDENTIALS };
const s3 = clientFactory(where, TASK_LIMITS.local)(S3);
const options = { owner: '000000000000', arn: 'arn:aws:iam::000000000000:root', update: () => undefined };
void emptyAndDelete(s3, bucket, options);
