import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketTaggingCommand,
  S3Client,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import { errorFacts, isAbsence } from './cleanup/absence';
import { arnOf } from './cleanup/resource';
import { TaskError } from './failure';
import { PROTECTIONS } from './state-bucket-protections';
import type { Target } from './target';

/** What became of the bucket. */
export interface StateBucket {
  readonly name: string;
  readonly created: boolean;
  /** In words, what had to be set: `versioning`. */
  readonly set: readonly string[];
  /** What was as it should be. */
  readonly kept: readonly string[];
}

/** Not the tags of a stage: the bucket outlives every one of them, and no cleanup may take it for its own. */
const PURPOSE = { Key: 'purpose', Value: 'terraform-state' };

/** The name given, or the setting's, or one that no other account can have. */
export function chooseName(
  given: readonly string[],
  { settings, region, account }: Pick<Target, 'settings' | 'region' | 'account'>,
): string {
  const [name, ...more] = given;
  if (more.length > 0) throw new TaskError(`Give one name of a bucket; these are ${given.join(', ')}.`);
  const chosen = name ?? settings.stateBucket ?? `${region}-${settings.appPrefix}-tfstate-${account}`;
  if (/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(chosen)) return chosen;
  throw new TaskError(
    `"${chosen}" cannot name a bucket: give 3 to 63 characters a-z, 0-9 or -, no - at the ends.`,
  );
}

/**
 * Makes the bucket, or takes the one that is there, and sets what protects a state.
 *
 * @throws TaskError when the name is taken by another account, or the bucket is in another region or holds other things
 */
export async function ensureStateBucket(target: Target, name: string): Promise<StateBucket> {
  const s3 = target.client(S3Client);
  const bucket = { Bucket: name, ExpectedBucketOwner: target.account };
  const exists = await isThere(s3, target, name);
  if (exists) await refuseOtherUse(s3, bucket);
  else await create(s3, target, name);
  const set: string[] = [];
  const kept: string[] = [];
  for (const { title, isSet, put } of PROTECTIONS) {
    if (await isSet(s3, bucket)) {
      kept.push(title);
      continue;
    }
    await put(s3, bucket, arnOf(target, 's3', name, { region: '', account: '' }));
    set.push(title);
  }
  return { name, created: !exists, set, kept };
}

/** What was done, and what to do now. */
export function describeBucket({ name, created, set, kept }: StateBucket): string {
  return [
    `${created ? 'Made' : 'Found'} the bucket ${name}.`,
    ...(set.length > 0 ? [`  set:            ${set.join('; ')}`] : []),
    ...(kept.length > 0 ? [`  already as due: ${kept.join('; ')}`] : []),
    `Use it: put STATE_BUCKET=${name} into .env. A state that is in a file already is taken along as npm run exec says.`,
  ].join('\n');
}

async function isThere(s3: S3Client, { account, region }: Target, name: string): Promise<boolean> {
  try {
    const { BucketRegion } = await s3.send(
      new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: account }),
    );
    if (BucketRegion === undefined || BucketRegion === region) return true;
    throw new TaskError(
      `The bucket ${name} is in ${BucketRegion}, but the setting AWS_REGION is ${region}. Nothing was changed. ` +
        'Choose another name, or set AWS_REGION.',
    );
  } catch (error) {
    const { status } = errorFacts(error);
    if (status === 404) return false;
    if (status === 301)
      throw new TaskError(`The bucket ${name} is in another region than ${region}. Nothing was changed.`);
    if (status === 403) throw new TaskError(taken(name, account));
    throw error;
  }
}

function taken(name: string, account: string): string {
  return (
    `The bucket ${name} is not open to account ${account}: it belongs to another account, or these credentials lack ` +
    's3:ListBucket. Nothing was changed. A state that others can read or write is a risk: choose another name.'
  );
}

async function create(s3: S3Client, { account, region }: Target, Bucket: string): Promise<void> {
  try {
    await s3.send(
      new CreateBucketCommand({
        Bucket,
        ObjectOwnership: 'BucketOwnerEnforced',
        ...(region === 'us-east-1'
          ? {}
          : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
      }),
    );
  } catch (error) {
    if (errorFacts(error).name === 'BucketAlreadyExists') throw new TaskError(taken(Bucket, account));
    throw error;
  }
  await s3.send(
    new PutBucketTaggingCommand({
      Bucket,
      ExpectedBucketOwner: account,
      Tagging: { TagSet: [PURPOSE] },
    }),
  );
}

interface OwnBucket {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

/** A life cycle that suits a state would delete old versions of somebody's data. */
async function refuseOtherUse(s3: S3Client, bucket: OwnBucket): Promise<void> {
  if (await isMarked(s3, bucket)) return;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ ...bucket, MaxKeys: 1000 }));
  const other = Contents.find(({ Key = '' }) => !/\.tfstate(\.tflock)?$/.test(Key));
  if (other === undefined) return;
  throw new TaskError(
    `The bucket ${bucket.Bucket} is used for something else: it holds ${other.Key ?? ''}. Nothing was changed. ` +
      `Choose another name, or tag the bucket ${PURPOSE.Key}=${PURPOSE.Value} if it is meant for states too.`,
  );
}

async function isMarked(s3: S3Client, bucket: OwnBucket): Promise<boolean> {
  try {
    const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand(bucket));
    return TagSet.some(({ Key, Value }) => Key === PURPOSE.Key && Value === PURPOSE.Value);
  } catch (error) {
    if (isAbsence(error, ['NoSuchTagSet'])) return false;
    throw error;
  }
}
