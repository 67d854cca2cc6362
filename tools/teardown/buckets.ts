import { S3Client } from '@aws-sdk/client-s3';
import { errorMessage, TaskError } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import type { Target } from '../aws/target';
import { emptyAndDelete, type Emptied } from './bucket-emptying';
import { bucketArn, bucketKind } from './resource-types/storage';
import type { Survey } from './survey';
import { idsOf } from './work';

/** Each bucket has up to four requests under way. */
const BUCKETS_AT_ONCE = 4;

/** Empties and deletes every bucket that is to go, several at once. TaskError with all that failed; the others are gone. */
export async function emptyBuckets(
  target: Target,
  plan: Survey,
  { update, setTitle }: StepOutput,
): Promise<void> {
  const waiting = idsOf(plan.going, bucketKind.title);
  const count = waiting.length;
  const failures: string[] = [];
  const done: Emptied[] = [];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      try {
        const options = { owner: target.account, arn: bucketArn(target, name), update };
        done.push(await emptyAndDelete(target.client(S3Client), name, options));
      } catch (error) {
        const message = errorMessage(error);
        failures.push(message.includes(name) ? message : `${name}: ${message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: BUCKETS_AT_ONCE }, work));
  const sum = (value: (emptied: Emptied) => number): string =>
    done.reduce((total, emptied) => total + value(emptied), 0).toLocaleString('en');
  const removed = `${sum(({ objects }) => objects)} versions and ${sum(({ uploads }) => uploads)} unfinished uploads`;
  if (failures.length > 0) {
    throw new TaskError([`${failures.length} of ${count} buckets are not empty:`, ...failures].join('\n'));
  }
  setTitle(`Empty and delete buckets: ${count} buckets with ${removed}`);
}
