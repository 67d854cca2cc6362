import { waitForDelivery } from '../../../tools/runs/click-delivery';
import { findDeliveryProblems } from '../../../tools/runs/delivery-problems';
import { inFakeTime } from '../../support/fake-time';
import { type Answers, failing, fakeTarget } from '../../support/fake-target';

const CLICK = { requestid: 'r-1' };
const SENT = {
  bucket: 'delivery',
  firstDay: '2026-03-04',
  since: new Date('2026-03-04T10:00:00Z'),
  clicks: [CLICK],
};

const STREAM = {
  DeliveryStreamARN: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/clicks',
  DeliveryStreamStatus: 'ACTIVE',
  Destinations: [
    {
      ExtendedS3DestinationDescription: {
        RoleARN: 'arn:aws:iam::123456789012:role/delivery',
        BucketARN: 'arn:aws:s3:::delivery',
        DataFormatConversionConfiguration: {
          SchemaConfiguration: { DatabaseName: 'clicks', TableName: 'log' },
        },
      },
    },
  ],
};

const HEALTHY: Answers = {
  DescribeDeliveryStreamCommand: () => ({ DeliveryStreamDescription: STREAM }),
  GetTableCommand: () => ({}),
  SimulatePrincipalPolicyCommand: () => ({ EvaluationResults: [{ EvalDecision: 'allowed' }] }),
  FilterLogEventsCommand: () => ({ events: [] }),
  ListObjectsV2Command: () => ({}),
};

const logged = (errorCode: string, message: string) => () => ({
  events: [{ message: JSON.stringify({ errorCode, message, destination: 'arn' }) }, { message: 'no JSON' }],
});

/** A file in errors/ with these records. */
function failedConversion(
  clicks: readonly object[],
  LastModified = new Date('2026-03-04T10:01:00Z'),
): Answers {
  const lines = clicks.map((click) => ({
    lastErrorCode: 'DataFormatConversion.ParseError',
    lastErrorMessage: 'not an int',
    rawData: Buffer.from(`${JSON.stringify(click)}\n`).toString('base64'),
  }));
  return {
    ListObjectsV2Command: () => ({ Contents: [{ Key: 'errors/format-conversion-failed/x', LastModified }] }),
    GetObjectCommand: () => ({
      Body: { transformToString: () => lines.map((line) => JSON.stringify(line)).join('\n') },
    }),
  };
}

const find = (answers: Answers) => findDeliveryProblems(fakeTarget({ ...HEALTHY, ...answers }), SENT);

test('A healthy stream has no problem.', async () => {
  expect(await find({})).toEqual([]);
});

test.each<[string, Answers, RegExp]>([
  [
    'a stream that does not exist',
    { DescribeDeliveryStreamCommand: failing('ResourceNotFoundException') },
    /The stream clicklogger-dev-firehose-delivery-stream does not exist/,
  ],
  [
    'a stream that could not be created',
    {
      DescribeDeliveryStreamCommand: () => ({
        DeliveryStreamDescription: {
          DeliveryStreamStatus: 'CREATING_FAILED',
          FailureDescription: { Type: 'KMS_ACCESS_DENIED', Details: 'no grant' },
        },
      }),
    },
    /is CREATING_FAILED: KMS_ACCESS_DENIED no grant\./,
  ],
  [
    'a table that does not exist',
    { GetTableCommand: failing('EntityNotFoundException') },
    /The Glue table clicks\.log .* does not exist/,
  ],
  [
    'a role that does not exist',
    { SimulatePrincipalPolicyCommand: failing('NoSuchEntityException', 404) },
    /The stream's role arn:aws:iam::123456789012:role\/delivery does not exist/,
  ],
  [
    'a role without permissions',
    { SimulatePrincipalPolicyCommand: () => ({ EvaluationResults: [{ EvalDecision: 'implicitDeny' }] }) },
    /not allowed s3:PutObject on arn:aws:s3:::delivery\/clicklog\/data, .*glue:GetTableVersions on arn:aws:glue:us-east-1:123456789012:table\/clicks\/log\./,
  ],
  [
    'an error in the log',
    { FilterLogEventsCommand: logged('S3.KMS.AccessDenied', 'The key is disabled.') },
    /^Firehose logs S3\.KMS\.AccessDenied: The key is disabled\.$/,
  ],
  [
    'clicks that could not be converted',
    failedConversion([CLICK, CLICK]),
    /could not convert 2 records, which are in s3:\/\/delivery\/errors\/.*: DataFormatConversion\.ParseError: not an int$/,
  ],
])('The problem describes %s.', async (_, answers, text) => {
  expect(await find(answers)).toEqual([{ text: expect.stringMatching(text) as string, isBlocking: true }]);
});

test.each<[string, Answers, number]>([
  ['Failed conversions of other clicks are shown', failedConversion([{ requestid: 'r-2' }]), 1],
  ['Older error files are ignored', failedConversion([CLICK], new Date('2026-03-04T09:59:59Z')), 0],
  [
    'Sources without read permission are ignored',
    { FilterLogEventsCommand: failing('AccessDeniedException') },
    0,
  ],
  ['A service that does not answer is shown', { GetTableCommand: failing('NoAnswerError') }, 1],
])('%s as problems that do not block these clicks.', async (_, answers, count) => {
  const problems = await find(answers);
  expect(problems).toHaveLength(count);
  expect(problems.some(({ isBlocking }) => isBlocking)).toBe(false);
});

describe('The wait for a file', () => {
  /** Waits with a problem at each check; the file is delivered at check `fileAt`. */
  async function wait(isBlocking: boolean, fileAt: number): Promise<{ shown: string[]; end: string }> {
    let checks = 0;
    const shown: string[] = [];
    const target = fakeTarget({
      ListObjectsV2Command: () =>
        checks >= fileAt ? { Contents: [{ Key: 'clicklog/data=2026-03-04/new.parquet' }] } : {},
    });
    const watch = {
      findProblems: () => {
        checks += 1;
        return Promise.resolve([{ text: `problem ${checks}`, isBlocking }]);
      },
      onProblems: (texts: readonly string[]) => void shown.push(...texts),
    };
    const end = await inFakeTime(() =>
      waitForDelivery(target, 'delivery', '2026-03-04', new Set(), { limitMs: 20_000, watch }).catch(
        (error: unknown) => String(error),
      ),
    );
    return { shown, end };
  }

  test('shows a problem immediately and fails when the problem persists.', async () => {
    const { shown, end } = await wait(true, Infinity);
    expect(shown[0]).toBe('problem 1');
    expect(end).toMatch(/Firehose does not deliver them:\n {2}problem \d+\n/);
  });

  test('continues when the delivery recovers.', async () => {
    expect((await wait(true, 2)).end).toBe('clicklog/data=2026-03-04/new.parquet');
  });

  test('does not fail because of problems that affect other clicks.', async () => {
    expect((await wait(false, Infinity)).end).toMatch('not found within');
  });
});
