import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { Names } from '../../config/names';
import { parseSettings } from '../../config/settings';
import { covidDataBucket } from '../../tools/covid-data/covid-bucket';
import { checkExport, type CovidExport } from '../../tools/covid-data/covid-export';
import { describeExport, describeLoad, toJson } from '../../tools/covid-data/covid-load-summary';
import { chooseSource } from '../../tools/covid-data/covid-source';
import { runExitActions } from '../../tools/cli/exit-actions';
import type { ClientFactory, Target } from '../../tools/aws/target';
import { FakeS3 } from './fake-s3';
import { temporaryFolder } from './fake-tools';

const folder = temporaryFolder();

describe('the file to load', () => {
  const given = { files: [], sample: false, confirm: undefined };

  it('is the one that is given', async () => {
    expect(await chooseSource({ ...given, files: ['a.csv'] })).toBe('a.csv');
  });

  it('has a place to be downloaded from, and generated data in its stead', async () => {
    await expect(chooseSource(given)).rejects.toThrow(/healthdata\.gov[^]*covid:load -- --sample/);
  });

  it('can be generated, and is removed when the task ends', async () => {
    const file = await chooseSource({ ...given, sample: true });
    expect(existsSync(file)).toBe(true);
    await runExitActions();
    expect(existsSync(file)).toBe(false);
  });

  it('is generated when a user without a file agrees, and only then', async () => {
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

  it.each([
    [['a.csv', 'b.csv'], false, 'this is a.csv b.csv'],
    [['a.csv'], true, 'this is --sample a.csv'],
  ])('is one only: %s, sample %s', async (files, sample, message) => {
    await expect(chooseSource({ ...given, files, sample })).rejects.toThrow(message);
  });
});

describe('the bucket', () => {
  const BUCKET = 'us-east-1-clicklogger-dev-covid-data-000000000000';
  let fake: FakeS3;
  let s3: S3Client;
  beforeEach(async () => {
    fake = new FakeS3(BUCKET);
    s3 = await fake.start();
  });
  afterEach(() => {
    s3.destroy();
    fake.stop();
  });

  function target(stage: string, kind: Target['kind'] = 'aws'): Target {
    const settings = parseSettings({ STAGE: stage });
    const client: ClientFactory = (Client) => {
      if (s3 instanceof Client) return s3;
      throw new Error('no other client');
    };
    return {
      kind,
      account: '000000000000',
      region: settings.region,
      stage,
      settings,
      names: new Names(settings, '000000000000'),
      terraformEnv: {},
      client,
      description: `stage ${stage}`,
    };
  }

  it('is that of the stage and the account', async () => {
    expect(await covidDataBucket(target('dev'))).toBe(BUCKET);
  });

  it.each([
    ['aws', /deploy the covid stack first, with npm run deploy -- covid/],
    ['local', /deploy the covid stack first, with npm run local:up/],
  ] as const)('has to be deployed first: %s', async (kind, message) => {
    await expect(covidDataBucket(target('test', kind))).rejects.toThrow(message);
    await expect(covidDataBucket(target('test', kind))).rejects.toThrow(
      'no bucket us-east-1-clicklogger-test-covid-data-000000000000 for stage test',
    );
  });

  it('may refuse the credentials', async () => {
    fake.missingStatus = 403;
    await expect(covidDataBucket(target('test'))).rejects.toThrow(
      /refuses these credentials; .*s3:PutObject/,
    );
  });
});

describe('what the user reads', () => {
  const empty = { generated: [], real: [] };

  function checked(content: string): Promise<CovidExport> {
    const file = join(folder, 'export.csv');
    writeFileSync(file, content);
    return checkExport(file);
  }

  it('names rows, period, states and what is missing', async () => {
    const text = describeExport(
      await checked('state,date,inpatient_beds\nTX,2021-01-01,1\nXX,2021-01-01,1\n'),
    );
    expect(text).toContain('rows     2\n');
    expect(text).toContain('period   2021-01-01 to 2021-01-01');
    expect(text).toContain('states   1 of 56 states and territories: TX');
    expect(text).toContain('note     avg_icu_beds stays empty');
    expect(text).not.toContain('GENERATED');
  });

  it('says first that data is generated', async () => {
    const text = describeExport(
      await checked('state,date,inpatient_beds,generated_sample_data\nTX,2021-01-01,1,x\n'),
    );
    expect(text).toMatch(/^ {2}data {5}GENERATED SAMPLE DATA/);
  });

  it('tells what lies beside the file, or was removed for it, but not the file itself', async () => {
    const data = await checked('state,date,inpatient_beds\nTX,2021-01-01,1\n');
    const load = {
      uri: 's3://b/raw/x.csv',
      replace: false,
      reachedBy: ['--local', '--stage test'],
      startsWorkflow: false,
      before: empty,
    };
    const before = { generated: ['g.csv'], real: [data.canonicalName, 'r.csv'] };
    expect(describeLoad(data, load)).toBe(
      'Loaded: s3://b/raw/x.csv\nNext:   npm run exec -- covid --local --stage test',
    );
    expect(describeLoad(data, { ...load, startsWorkflow: true })).toContain(
      'COVID_ON_UPLOAD starts the workflow',
    );
    expect(describeLoad(data, { ...load, before })).toContain(
      'raw/ also holds g.csv, r.csv: a report counts all',
    );
    expect(describeLoad(data, { ...load, before, replace: true })).toContain(
      'Removed from raw/ (old versions stay for 30 days): g.csv, r.csv',
    );
    expect(describeLoad(data, undefined)).toContain('nothing was uploaded');
  });

  it('is JSON for programs, with a null where nothing was uploaded', async () => {
    const data = await checked('state,date,inpatient_beds\nTX,2021-01-01,1\n');
    expect(JSON.parse(toJson(data, undefined))).toEqual({ ...data, uri: null });
  });
});
