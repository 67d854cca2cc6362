import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { covidDataBucket } from '../../../tools/covid-data/covid-bucket';
import { describeExport, describeLoad, toJson } from '../../../tools/covid-data/covid-load-summary';
import { chooseSource } from '../../../tools/covid-data/covid-source';
import { runExitActions } from '../../../tools/cli/exit-actions';
import type { Target } from '../../../tools/aws/target';
import { exportOf } from '../../support/fake-export';
import { fakeTarget } from '../../support/fake-target';
import { FakeS3 } from '../../support/fake-s3';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

describe('The file to load', () => {
  const given = { files: [], sample: false, confirm: undefined };

  test('is the one that is given.', async () => {
    expect(await chooseSource({ ...given, files: ['a.csv'] })).toBe('a.csv');
  });

  test('can be downloaded, or generated, as the message says when there is none.', async () => {
    await expect(chooseSource(given)).rejects.toThrow(/healthdata\.gov[^]*covid:load -- --sample/);
  });

  test('is generated with --sample, and removed when the task ends.', async () => {
    const file = await chooseSource({ ...given, sample: true });
    expect(existsSync(file)).toBe(true);
    await runExitActions();
    expect(existsSync(file)).toBe(false);
  });

  test('is generated when a user without a file agrees, and only then.', async () => {
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
    [['a.csv', 'b.csv'], false, 'this is a.csv b.csv'],
    [['a.csv'], true, 'this is --sample a.csv'],
  ])('is only one: %s with --sample %s is refused.', async (files, sample, message) => {
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

  test('is that of the stage and the account.', async () => {
    expect(await covidDataBucket(target('dev'))).toBe(BUCKET);
  });

  test.each([
    ['aws', /deploy the covid stack first, with STAGE=test npm run deploy\./],
    ['local', /deploy the covid stack first, with STAGE=test npm run local:up\./],
  ] as const)('must be deployed first, which the message for %s says.', async (kind, message) => {
    await expect(covidDataBucket(target('test', kind))).rejects.toThrow(message);
    await expect(covidDataBucket(target('test', kind))).rejects.toThrow(
      'no bucket us-east-1-clicklogger-test-covid-data-000000000000 for stage test',
    );
  });

  test('may refuse the credentials, which the message says.', async () => {
    fake.missingStatus = 403;
    await expect(covidDataBucket(target('test'))).rejects.toThrow(
      /refuses these credentials; .*s3:PutObject/,
    );
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

test('The description of generated data begins with a warning.', () => {
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

  test('is URI and next command.', () => {
    expect(describeLoad(data, load)).toBe(
      'Loaded: s3://b/raw/x.csv\nNext:   npm run exec -- covid --local --stage test',
    );
  });

  test.each([
    ['the upload starts the workflow', { startsWorkflow: true }, 'COVID_ON_UPLOAD starts the workflow'],
    ['raw/ holds other files', { before }, 'raw/ also holds g.csv, r.csv: a report counts all'],
    [
      'other files were removed',
      { before, replace: true },
      'Removed from raw/ (old versions stay for 30 days): g.csv, r.csv',
    ],
  ])('says that %s.', (_, change, text) => {
    expect(describeLoad(data, { ...load, ...change })).toContain(text);
  });

  test('says that nothing was uploaded in a dry run, where the JSON document has null.', () => {
    expect(describeLoad(data, undefined)).toContain('nothing was uploaded');
    expect(JSON.parse(toJson(data, undefined))).toEqual({ ...data, uri: null });
  });
});
