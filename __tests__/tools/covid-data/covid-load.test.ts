import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { describeExport, describeLoad, toJson } from '../../../tools/covid-data/covid-load-summary';
import { chooseSource } from '../../../tools/covid-data/covid-source';
import { covidDataBucket } from '../../../tools/covid-data/covid-upload';
import { runExitActions } from '../../../tools/cli/exit-actions';
import type { Target } from '../../../tools/aws/target';
import { exportOf } from '../../support/fake-export';
import { fakeTarget } from '../../support/fake-target';
import { FakeS3 } from '../../support/fake-s3';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

describe('The file to load', () => {
  const given = { files: [], sample: false, confirm: undefined };

  test('is the specified file.', async () => {
    expect(await chooseSource({ ...given, files: ['a.csv'] })).toBe('a.csv');
  });

  test('is required; the error shows the download and the generated data.', async () => {
    await expect(chooseSource(given)).rejects.toThrow(/healthdata\.gov[^]*covid:load -- --sample/);
  });

  test('is generated with --sample, and removed when the task ends.', async () => {
    const file = await chooseSource({ ...given, sample: true });
    expect(existsSync(file)).toBe(true);
    await runExitActions();
    expect(existsSync(file)).toBe(false);
  });

  test('is generated when a user without a file confirms it.', async () => {
    const asked: string[] = [];
    const answer = (yes: boolean) => (message: string) => {
      asked.push(message);
      return Promise.resolve(yes);
    };
    expect(existsSync(await chooseSource({ ...given, confirm: answer(true) }))).toBe(true);
    await expect(chooseSource({ ...given, confirm: answer(false) })).rejects.toThrow('Nothing was loaded.');
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatch(/healthdata\.gov[^]*Load generated sample data now\?$/);
    await runExitActions();
  });

  test.each([
    [['a.csv', 'b.csv'], false, 'not a.csv b.csv'],
    [['a.csv'], true, 'not --sample a.csv'],
  ])('is one file: %j with --sample %j is rejected.', async (files, sample, message) => {
    await expect(chooseSource({ ...given, files, sample })).rejects.toThrow(message);
  });
});

describe('The bucket', () => {
  const BUCKET = 'us-east-1-clicklogger-dev-covid-data-000000000000';
  let fake: FakeS3;
  let s3: S3;
  beforeEach(async () => {
    fake = new FakeS3(BUCKET);
    s3 = await fake.start();
  });
  afterEach(() => {
    s3.destroy();
    fake.stop();
  });

  const target = (stage: string, kind: Target['kind'] = 'aws'): Target => ({
    ...fakeTarget(
      {},
      { kind, account: '000000000000', settings: { STAGE: stage }, description: `stage ${stage}` },
    ),
    client: (Client) => {
      if (s3 instanceof Client) return s3;
      throw new Error('no other client');
    },
  });

  test('belongs to the stage and the account.', async () => {
    expect(await covidDataBucket(target('dev'))).toBe(BUCKET);
  });

  test.each([
    ['aws', /Deploy the covid stack first, with STAGE=test npm run deploy\./],
    ['local', /Deploy the covid stack first, with STAGE=test npm run local:up\./],
  ] as const)('must exist; the error for %s has the command that deploys it.', async (kind, message) => {
    await expect(covidDataBucket(target('test', kind))).rejects.toThrow(message);
    await expect(covidDataBucket(target('test', kind))).rejects.toThrow(
      'The bucket us-east-1-clicklogger-test-covid-data-000000000000 of stage test does not exist',
    );
  });

  test('requires permissions; the error names them.', async () => {
    fake.missingStatus = 403;
    await expect(covidDataBucket(target('test'))).rejects.toThrow(/Access to the bucket .*s3:PutObject/);
  });
});

const data = exportOf(join(folder, 'export.csv'), 'state,date,inpatient_beds\nTX,2021-01-01,1\n', {
  rows: 1234,
  notes: ['avg_icu_beds stays empty'],
});

test('The description of a file has rows, period, states and notes.', () => {
  const text = describeExport(data);
  expect(text).toContain('rows     1,234\n');
  expect(text).toContain('period   2021-01-01 to 2021-01-01');
  expect(text).toContain('states   1 of 56 states and territories: TX');
  expect(text).toContain('note     avg_icu_beds stays empty');
  expect(text).not.toContain('GENERATED');
});

test('The description of generated data starts with a warning.', () => {
  expect(describeExport({ ...data, generated: true })).toMatch(/^ {2}data {5}GENERATED SAMPLE DATA/);
});

describe('The message after an upload', () => {
  const load = {
    uri: 's3://b/raw/x.csv',
    replace: false,
    taskOptions: ['--local', '--stage test'],
    startsWorkflow: false,
    before: { generated: [] as string[], real: [] as string[] },
  };
  const before = { generated: ['g.csv'], real: [data.canonicalName, 'r.csv'] };

  test('has the URI and the next command.', () => {
    expect(describeLoad(data, load)).toBe(
      'Loaded: s3://b/raw/x.csv\nNext:   npm run exec -- covid --local --stage test',
    );
  });

  test.each([
    ['the upload starts the workflow', { startsWorkflow: true }, 'COVID_ON_UPLOAD starts the workflow'],
    ['raw/ contains other files', { before }, 'raw/ also contains g.csv, r.csv. A report counts all'],
    [
      'other files were removed',
      { before, replace: true },
      'Removed from raw/ (noncurrent versions are kept for 30 days): g.csv, r.csv',
    ],
  ])('reports that %s.', (_, change, text) => {
    expect(describeLoad(data, { ...load, ...change })).toContain(text);
  });

  test('reports that a dry run uploads nothing; the JSON document has null.', () => {
    expect(describeLoad(data, undefined)).toContain('nothing was uploaded');
    expect(JSON.parse(toJson(data, undefined))).toEqual({ ...data, uri: null });
  });
});
