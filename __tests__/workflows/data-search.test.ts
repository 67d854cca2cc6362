import { type Search, searchStates } from '../../workflows/data-search';
import type { Definition } from '../../workflows/states-language';
import { type Answer, type Outcome, runWorkflow } from '../support/run-workflow';

const definition = (files: Search['files']): Definition => ({
  Comment: 'test',
  QueryLanguage: 'JSONata',
  StartAt: 'FindData',
  TimeoutSeconds: 3600,
  States: {
    ...searchStates({ what: 'Data', bucketName: 'data', prefix: 'raw/', files, nothing: 'none' }, 'Found'),
    Found: { Type: 'Succeed', Output: 'FOUND' },
    FailRun: { Type: 'Fail', Error: '{% $failure.error %}', Cause: '{% $failure.cause %}' },
  },
});

const search = (first: Answer, ...more: readonly Answer[]): Promise<Outcome> =>
  runWorkflow(definition('withContent'), { input: {}, answers: { FindData: [first], FindMoreData: more } });

const marker = { Key: 'raw/folder/', Size: 0 };
const markers = (NextContinuationToken?: string): Answer => ({
  result: {
    Contents: [marker, marker],
    ...(NextContinuationToken !== undefined && { NextContinuationToken }),
  },
});
const withData: Answer = { result: { Contents: [marker, { Key: 'raw/a.csv', Size: 10 }] } };

test('The search finds a file with content among empty objects.', async () => {
  expect((await search(withData)).output).toBe('FOUND');
});

test('The search finds a file after pages of empty objects, and requests no further page.', async () => {
  const { output, calls } = await search(markers('one'), markers('two'), {
    result: { Contents: [{ Key: 'raw/a.csv', Size: 10 }], NextContinuationToken: 'three' },
  });
  expect(output).toBe('FOUND');
  const tokens = calls.map((call) => (call.arguments as { ContinuationToken?: string }).ContinuationToken);
  expect(tokens).toEqual([undefined, 'one', 'two']);
});

test.each<[string, Answer, Answer[]]>([
  ['no object', { result: {} }, []],
  ['only directory markers', markers(), []],
  ['the token null', { result: { Contents: [marker], NextContinuationToken: null } }, []],
  ['several pages of directory markers', markers('one'), [markers('two'), markers()]],
])('The search ends with NOTHING_TO_DO for %s.', async (_, first, more) => {
  expect((await search(first, ...more)).output).toEqual({ status: 'NOTHING_TO_DO', message: 'none' });
});

test.each([
  ['clicklog/data=2026-03-04/a.parquet', true],
  ['clicklog/data=2026-03-04/hour=01/_year=1/a', true],
  ['clicklog/data=2026-03-04/', false],
  ['clicklog/data=2026-03-04/sub/', false],
  ['clicklog/data=2026-03-04_$folder$', false],
  ['clicklog/data=2026-03-04/hour=01_$folder$', false],
  ['clicklog/data=2026-03-04/_SUCCESS', false],
  ['clicklog/data=2026-03-04/_temporary/0/a.parquet', false],
  ['clicklog/data=2026-03-04/.hidden.parquet', false],
  ['clicklog/data=2026-03-04/.spark-staging/a.parquet', false],
  ['clicklog/data=2026-03-04/a.parquet._COPYING_', false],
])('Spark reads %s: %p.', async (Key, isFile) => {
  const answers = { FindData: [{ result: { Contents: [{ Key, Size: 0 }] } }] };
  const outcome = await runWorkflow(definition('forSpark'), { input: {}, answers });
  expect(outcome.path.includes('Found')).toBe(isFile);
});

test('A page with the longest keys of control characters has less than 256 KiB.', async () => {
  const { MaxKeys } = (await search(withData)).calls[0]!.arguments as { MaxKeys: number };
  const object = {
    ChecksumAlgorithm: ['CRC64NVME'],
    ChecksumType: 'FULL_OBJECT',
    ETag: `"${'0'.repeat(32)}-10000"`,
    Key: '\u0001'.repeat(1024),
    LastModified: '2026-03-04T23:59:30.000Z',
    Size: 5_497_558_138_880,
    StorageClass: 'INTELLIGENT_TIERING',
    RestoreStatus: { IsRestoreInProgress: false, RestoreExpiryDate: '2026-03-04T23:59:30.000Z' },
    Owner: { DisplayName: 'n'.repeat(64), Id: '0'.repeat(64) },
  };
  const result = {
    Contents: Array.from({ length: MaxKeys }, () => object),
    Prefix: '\u0001'.repeat(1024),
    ContinuationToken: 'x'.repeat(2048),
    NextContinuationToken: 'x'.repeat(2048),
  };
  expect(JSON.stringify(result).length).toBeLessThan(262_144);
});
