import { S3 } from '@aws-sdk/client-s3';
import { awsError } from './fake-target';

/** Owner of every bucket of these tests. */
export const OWNER = '123456789012';

const PAGE = 1000;

interface Entry {
  readonly Key: string;
  readonly VersionId: string;
  readonly isMarker: boolean;
}

type Input = Readonly<Record<string, unknown>> & {
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string;
  readonly Delete?: { readonly Objects: readonly { readonly Key: string; readonly VersionId: string }[] };
  readonly Key?: string;
  readonly VersionId?: string;
  readonly UploadId?: string;
  readonly Policy?: string;
};

/** One bucket in memory that keeps versions and lists them in pages, with a client that answers from it. */
export class VersionedBucket {
  readonly s3 = new S3({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 5,
  });
  exists = true;
  policy: string | undefined;
  /** Keys whose deletion is denied. */
  readonly locked = new Set<string>();
  /** Called before each command; the caller gets the error that it returns. */
  fault: (command: string) => Error | undefined = () => undefined;
  /** Number of calls by command. */
  readonly calls = new Map<string, number>();
  private entries: Entry[] = [];
  private uploads: { readonly Key: string; readonly UploadId: string }[] = [];
  private count = 0;

  constructor() {
    this.s3.middlewareStack.add(
      (_next, { commandName = '' }) =>
        (args) =>
          Promise.resolve(this.reply(commandName, args.input as Input)),
      // Behind the SDK's retries.
      { step: 'finalizeRequest', priority: 'low', name: 'in-memory' },
    );
  }

  /** Throws as S3 does once a policy denies writes, or the bucket is gone. */
  put(Key: string): void {
    if (!this.exists) throw awsError('NoSuchBucket', 404);
    if (this.policy?.includes('s3:PutObject')) throw awsError('AccessDenied', 403);
    this.add(Key, false);
  }

  /** Adds a delete marker. */
  mark(Key: string): void {
    this.add(Key, true);
  }

  startUpload(Key: string): void {
    this.uploads.push({ Key, UploadId: `upload-${(this.count += 1)}` });
  }

  get keys(): string[] {
    return this.entries.map(({ Key }) => Key);
  }

  private add(Key: string, isMarker: boolean): void {
    this.entries.push({ Key, VersionId: `v${(this.count += 1)}`, isMarker });
  }

  private reply(command: string, input: Input): { output: { $metadata: object }; response: object } {
    return { output: { $metadata: {}, ...this.answer(command, input) }, response: {} };
  }

  private answer(command: string, input: Input): object {
    this.calls.set(command, (this.calls.get(command) ?? 0) + 1);
    const error = this.fault(command);
    if (error !== undefined) throw error;
    if (!this.exists) throw awsError('NoSuchBucket', 404);
    if (input.ExpectedBucketOwner !== OWNER) throw awsError('AccessDenied', 403);
    switch (command) {
      case 'GetBucketPolicyCommand':
        if (this.policy === undefined) throw awsError('NoSuchBucketPolicy', 404);
        return { Policy: this.policy };
      case 'PutBucketPolicyCommand':
        this.policy = input.Policy;
        return {};
      case 'ListObjectVersionsCommand':
        return this.list(input);
      case 'DeleteObjectsCommand':
        return { Errors: input.Delete!.Objects.flatMap((entry) => this.delete(entry)) };
      case 'DeleteObjectCommand':
        this.delete({ Key: input.Key!, VersionId: input.VersionId! });
        return {};
      case 'ListMultipartUploadsCommand':
        return { Uploads: this.uploads };
      case 'AbortMultipartUploadCommand':
        this.uploads = this.uploads.filter(({ UploadId }) => UploadId !== input.UploadId);
        return {};
      case 'DeleteBucketCommand':
        if (this.entries.length + this.uploads.length > 0) throw awsError('BucketNotEmpty', 409);
        this.exists = false;
        return {};
      default:
        throw new Error(`The bucket in memory does not support ${command}.`);
    }
  }

  private list({ KeyMarker, VersionIdMarker }: Input): object {
    const sorted = this.entries.toSorted(order);
    const after = (entry: Entry): boolean =>
      KeyMarker === undefined || order(entry, { Key: KeyMarker, VersionId: VersionIdMarker ?? '' }) > 0;
    const rest = sorted.filter(after);
    const page = rest.slice(0, PAGE);
    const last = page.at(-1);
    return {
      Versions: page.filter(({ isMarker }) => !isMarker).map((entry) => ({ ...entry, Size: 1 })),
      DeleteMarkers: page.filter(({ isMarker }) => isMarker),
      IsTruncated: rest.length > PAGE,
      ...(rest.length > PAGE ? { NextKeyMarker: last?.Key, NextVersionIdMarker: last?.VersionId } : {}),
    };
  }

  private delete({ Key, VersionId }: Pick<Entry, 'Key' | 'VersionId'>): object[] {
    if (this.locked.has(Key)) return [{ Key, VersionId, Code: 'AccessDenied', Message: 'Access Denied' }];
    this.entries = this.entries.filter((entry) => entry.Key !== Key || entry.VersionId !== VersionId);
    return [];
  }
}

function order(a: Pick<Entry, 'Key' | 'VersionId'>, b: Pick<Entry, 'Key' | 'VersionId'>): number {
  return a.Key.localeCompare(b.Key) || a.VersionId.localeCompare(b.VersionId);
}
