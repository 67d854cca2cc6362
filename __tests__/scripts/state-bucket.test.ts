import { S3Client } from '@aws-sdk/client-s3';
import { Names } from '../../config/names';
import { parseSettings } from '../../config/settings';
import { chooseName, describeBucket, ensureStateBucket } from '../../scripts/lib/state-bucket';
import type { ClientFactory, Target } from '../../scripts/lib/target';

const ACCOUNT = '123456789012';
const NAME = 'our-states';

interface Sent {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A new bucket as S3 makes it since 2023: encrypted, nothing public, and nothing else. */
const NEW_BUCKET: Readonly<Record<string, unknown>> = {
  PutBucketTaggingCommand: {},
  GetPublicAccessBlockCommand: {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  },
  GetBucketEncryptionCommand: {
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  },
  GetBucketVersioningCommand: {},
  GetBucketPolicyCommand: awsError('NoSuchBucketPolicy', 404),
  GetBucketLifecycleConfigurationCommand: awsError('NoSuchLifecycleConfiguration', 404),
};

function awsError(name: string, status: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
}

/** A target whose S3 gives each command the answer under its name, and `{}` to all others. */
function targetWith(
  answers: Readonly<Record<string, unknown>>,
  sent: Sent[] = [],
  settings: NodeJS.ProcessEnv = {},
): Target {
  const parsed = parseSettings(settings);
  const client: ClientFactory = (Client) => {
    const made = new Client({
      region: parsed.region,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      retryMode: 'standard',
      maxAttempts: 1,
    });
    if (!(made instanceof S3Client)) throw new Error('only S3 is expected');
    made.send = ({
      constructor: { name },
      input,
    }: {
      constructor: { name: string };
      input: Sent['input'];
    }) => {
      sent.push({ name, input });
      const answer = answers[name] ?? {};
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    return made;
  };
  return {
    kind: 'aws',
    account: ACCOUNT,
    region: parsed.region,
    stage: parsed.stage,
    settings: parsed,
    names: new Names(parsed, ACCOUNT),
    terraformEnv: {},
    client,
    description: 'a test',
  };
}

const absent = { HeadBucketCommand: awsError('NotFound', 404) };

function puts(sent: readonly Sent[]): Sent[] {
  return sent.filter(({ name }) => /^(Put|Create)/.test(name));
}

describe('the name', () => {
  it('is the one given, else the setting, else one that no other account has', () => {
    expect(chooseName(['given'], targetWith({}, [], { STATE_BUCKET: 'set-one' }))).toBe('given');
    expect(chooseName([], targetWith({}, [], { STATE_BUCKET: 'set-one' }))).toBe('set-one');
    expect(chooseName([], targetWith({}))).toBe(`us-east-1-clicklogger-tfstate-${ACCOUNT}`);
  });

  it('fits into 63 characters with the longest region and prefix', () => {
    const settings = { AWS_REGION: 'ap-northeast-1', APP_PREFIX: 'a'.repeat(20) };
    expect(chooseName([], targetWith({}, [], settings)).length).toBeLessThanOrEqual(63);
  });

  it.each(['Upper', 'a', 'with_underscore', '-dash', 'x'.repeat(64)])('%j is refused', (name) => {
    expect(() => chooseName([name], targetWith({}))).toThrow(`"${name}" cannot name a bucket`);
  });

  it('is one', () => {
    expect(() => chooseName(['first-one', 'second-one'], targetWith({}))).toThrow('Give one name');
  });
});

describe('a bucket that is not there', () => {
  it('is made and protected, with every call bound to the own account', async () => {
    const sent: Sent[] = [];
    const result = await ensureStateBucket(targetWith({ ...NEW_BUCKET, ...absent }, sent), NAME);
    expect(result.created).toBe(true);
    expect(result.set).toEqual(['versioning', 'TLS only', 'old versions kept for 90 days, ten at least']);
    expect(result.kept).toEqual(['no public access', 'encryption']);
    for (const { name, input } of puts(sent).filter((call) => call.name !== 'CreateBucketCommand'))
      expect({ name, owner: input.ExpectedBucketOwner }).toEqual({ name, owner: ACCOUNT });
    const policy = puts(sent).find(({ name }) => name === 'PutBucketPolicyCommand')?.input.Policy;
    expect(JSON.parse(String(policy))).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Resource: [`arn:aws:s3:::${NAME}`, `arn:aws:s3:::${NAME}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    });
  });

  it.each([
    ['us-east-1', undefined],
    ['eu-west-3', { LocationConstraint: 'eu-west-3' }],
  ])('is made in %s', async (AWS_REGION, expected) => {
    const sent: Sent[] = [];
    await ensureStateBucket(targetWith({ ...NEW_BUCKET, ...absent }, sent, { AWS_REGION }), NAME);
    expect(sent.find(({ name }) => name === 'CreateBucketCommand')?.input.CreateBucketConfiguration).toEqual(
      expected,
    );
  });

  it('is not made when the name belongs to another account', async () => {
    const answers = { ...absent, CreateBucketCommand: awsError('BucketAlreadyExists', 409) };
    await expect(ensureStateBucket(targetWith(answers), NAME)).rejects.toThrow(
      /belongs to another account.*Nothing was changed/,
    );
  });
});

describe('a bucket that is there', () => {
  const ours = { HeadBucketCommand: { BucketRegion: 'us-east-1' } };
  const protectedBucket = {
    ...NEW_BUCKET,
    GetBucketVersioningCommand: { Status: 'Enabled' },
    GetBucketPolicyCommand: { Policy: '{"Statement":[{"Sid":"StateOverTlsOnly"}]}' },
    GetBucketLifecycleConfigurationCommand: { Rules: [{ ID: 'old-states' }] },
  };

  it('is left alone when it is as it should be', async () => {
    const sent: Sent[] = [];
    const result = await ensureStateBucket(targetWith({ ...protectedBucket, ...ours }, sent), NAME);
    expect(result).toMatchObject({ created: false, set: [] });
    expect(puts(sent)).toEqual([]);
    expect(describeBucket(result)).toContain(`Found the bucket ${NAME}.`);
  });

  it('keeps the statements and the rules that it has', async () => {
    const sent: Sent[] = [];
    const answers = {
      ...protectedBucket,
      ...ours,
      GetBucketPolicyCommand: { Policy: '{"Statement":[{"Sid":"Theirs"}]}' },
      GetBucketLifecycleConfigurationCommand: { Rules: [{ ID: 'theirs' }] },
    };
    await ensureStateBucket(targetWith(answers, sent), NAME);
    const [policy, lifecycle] = puts(sent);
    expect(String(policy?.input.Policy)).toContain('"Sid":"Theirs"');
    expect(lifecycle?.input.LifecycleConfiguration).toMatchObject({
      Rules: [{ ID: 'theirs' }, { ID: 'old-states' }],
    });
  });

  it('of another account is refused, and nothing is changed', async () => {
    const sent: Sent[] = [];
    const target = targetWith({ HeadBucketCommand: awsError('403', 403) }, sent);
    await expect(ensureStateBucket(target, NAME)).rejects.toThrow(/belongs to another account/);
    expect(puts(sent)).toEqual([]);
  });

  it('in another region is refused', async () => {
    const target = targetWith({ HeadBucketCommand: { BucketRegion: 'eu-west-3' } });
    await expect(ensureStateBucket(target, NAME)).rejects.toThrow(`${NAME} is in eu-west-3, but`);
  });

  const withData = {
    ...ours,
    ListObjectsV2Command: { Contents: [{ Key: 'a.tfstate' }, { Key: 'photos/1.jpg' }] },
  };

  it('with other things in it is refused: their old versions would go', async () => {
    const sent: Sent[] = [];
    await expect(ensureStateBucket(targetWith(withData, sent), NAME)).rejects.toThrow(
      'it holds photos/1.jpg',
    );
    expect(puts(sent)).toEqual([]);
  });

  it('with other things in it is taken when its tag says that it is meant', async () => {
    const tagged = { GetBucketTaggingCommand: { TagSet: [{ Key: 'purpose', Value: 'terraform-state' }] } };
    const target = targetWith({ ...protectedBucket, ...withData, ...tagged });
    expect((await ensureStateBucket(target, NAME)).created).toBe(false);
  });
});
