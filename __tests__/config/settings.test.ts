import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from '../../config/dot-env';
import { parseSettings, settingNames, SettingsError } from '../../config/settings';
import { temporaryFolder } from '../support/temporary-folder';

describe('Settings', () => {
  test('have defaults.', () => {
    expect(parseSettings({})).toMatchObject({
      appPrefix: 'clicklogger',
      stage: 'dev',
      region: 'us-east-1',
      target: 'aws',
      forceDestroy: true,
      emr: { release: 'emr-7.13.0', architecture: 'arm64', idleMinutes: 5 },
      studio: true,
      network: undefined,
    });
  });

  test.each([
    ['APP_PREFIX', 'Click_Logger'],
    ['APP_PREFIX', 'a'.repeat(21)],
    ['STAGE', 'my-stage'],
    ['STAGE', 'covid'],
    ['AWS_REGION', 'virginia'],
    ['AWS_ENDPOINT_URL', 'somewhere'],
    ['LOG_RETENTION_DAYS', '8'],
    ['LOG_RETENTION_DAYS', 'forever'],
    ['DATA_RETENTION_DAYS', '0'],
    ['FIREHOSE_BUFFER_SECONDS', '901'],
    ['FIREHOSE_BUFFER_MB', '63'],
    ['LAMBDA_RUNTIME', 'nodejs20.x'],
    ['EMR_RELEASE', 'emr-6.15.0'],
    ['EMR_RELEASE', 'emr-spark-8.0.0'],
    ['EMR_ARCHITECTURE', 'riscv'],
    ['EMR_MAX_VCPU', '2'],
    ['EMR_IDLE_MINUTES', '1.5'],
    ['POLL_SECONDS', '0'],
    ['JOB_TIMEOUT_MINUTES', '-1'],
    ['STUDIO', 'maybe'],
    ['COVID_SCHEDULE', 'hourly'],
    ['COVID_SCHEDULE_TIMEZONE', 'Europe/Atlantis'],
    ['COVID_SCHEDULE_TIMEZONE', 'Europe/paris'],
    ['STATE_BUCKET', 'My_Bucket'],
    ['AWS_ENDPOINT_URL', 'ftp://127.0.0.1'],
    ['COVID_ON_UPLOAD', 'sometimes'],
    ['COVID_JOBS', ','],
    ['COVID_JOBS', 'Covid_Report'],
    ['COVID_JOBS', 'covid-report,covid-report'],
    ['COVID_JOBS', 'bed-trend,bedtrend'],
    ['CLUSTER_PRIMARY_TYPES', 'large'],
    ['CLUSTER_WORKER_TYPES', Array(6).fill('m7g.xlarge').join(',')],
    ['CLUSTER_WORKERS', '0'],
    ['CLUSTER_VOLUME_GB', '10'],
    ['STEP_TIMEOUT_MINUTES', '1441'],
    ['ALARM_EMAIL', 'me'],
    ['VPC_ID', 'vpc'],
    ['SUBNET_IDS', 'subnet-0123456789abcdef0,other'],
    ['TAGS', 'owner'],
    ['TAGS', 'aws:owner=me'],
    ['TAGS', '=me'],
    ['TAGS', 'owner=Zoë'],
    ['TAGS', 'owner=a!b'],
    ['TAGS', `owner=${'a'.repeat(257)}`],
    ['FORCE_DESTROY', 'yes please'],
  ])('reject %s=%s with a message that contains both.', (name, value) => {
    expect(() => parseSettings({ [name]: value })).toThrow(SettingsError);
    expect(() => parseSettings({ [name]: value })).toThrow(`${name}=${value}: `);
  });

  test('are rejected with one message for all invalid settings.', () => {
    expect(() => parseSettings({ STAGE: 'X', POLL_SECONDS: '1' })).toThrow(/STAGE=X[^]*POLL_SECONDS=1/);
  });

  test.each(settingNames)('describe valid values of %s in the message for an invalid value.', (name) => {
    for (const value of ['?', '-1', '1E9', '<b>']) {
      const parse = () => parseSettings({ [name]: value });
      expect(parse).toThrow(`  ${name}=${value}: `);
      expect(parse).toThrow(/: .*expected/);
      expect(parse).not.toThrow(/NaN|Too (?:small|big)/);
    }
  });

  test.each([
    ['EMR_MAX_VCPU', '3', '4', /at least 4 vCPU: one driver and one worker of 2 vCPU each must fit/],
    ['EMR_MAX_MEMORY_GB', '13', '14', /at least 14 GB: one driver and one worker of 7 GB each must fit/],
    ['EMR_MAX_DISK_GB', '39', '40', /at least 40 GB: one driver and one worker of 20 GB each must fit/],
    ['FIREHOSE_BUFFER_SECONDS', '59', '60', /a small Parquet file every few seconds/],
    ['CLUSTER_IDLE_MINUTES', '9', '10', /Step Functions detects .* the end of a step up to 5 minutes late/],
    ['EMR_RELEASE', 'emr-7.9.0', 'emr-7.10.0', /emr-7\.10\.0 or later: earlier releases use EMRFS/],
    ['EMR_RELEASE', 'emr-7.2.0', 'emr-7.14.0', /emr-7\.10\.0 or later/],
  ])('reject %s=%s with the reason, and accept %s.', (name, rejected, accepted, reason) => {
    expect(() => parseSettings({ [name]: rejected })).toThrow(reason);
    expect(() => parseSettings({ [name]: accepted })).not.toThrow();
  });

  const tags = (count: number) => Array.from({ length: count }, (_, index) => `tag${index}=x`).join(',');

  test('accept as many tags as an object in S3 allows, including the tags of the project.', () => {
    expect(Object.keys(parseSettings({ TAGS: tags(7) }).tags)).toHaveLength(7);
    expect(Object.keys(parseSettings({ TAGS: `${tags(7)},stage=other` }).tags)).toHaveLength(8);
    expect(() => parseSettings({ TAGS: tags(8) })).toThrow(
      /project, stage, managed-by\) are 11 tags; an object in S3 allows 10\. Specify at most 7/,
    );
  });

  test.each([
    ['Project=x', /project and Project differ only in case; IAM treats them as the same key/],
    ['MANAGED-BY=me', /managed-by and MANAGED-BY differ/],
    ['owner=a,Owner=b,cost=1', /owner and Owner differ/],
  ])('reject the tags %s, which IAM does not accept.', (text, reason) => {
    expect(() => parseSettings({ TAGS: text })).toThrow(reason);
  });

  test('separate the key of a tag from its value at the first equals sign.', () => {
    expect(parseSettings({ TAGS: 'query=a=b, owner = team one' }).tags).toEqual({
      query: 'a=b',
      owner: 'team one',
    });
  });

  test.each(settingNames)('treat an empty %s as not set.', (name) => {
    for (const value of ['', ' ']) expect(parseSettings({ [name]: value })).toEqual(parseSettings({}));
  });

  test('never allow Terraform to delete data in stage prod.', () => {
    expect(parseSettings({ STAGE: 'prod' }).forceDestroy).toBe(false);
    expect(() => parseSettings({ STAGE: 'prod', FORCE_DESTROY: 'on' })).toThrow('not allowed in stage prod');
    expect(parseSettings({ STAGE: 'dev', FORCE_DESTROY: 'off' }).forceDestroy).toBe(false);
  });

  test('require a run timeout that exceeds the job timeout.', () => {
    expect(() => parseSettings({ JOB_TIMEOUT_MINUTES: '90', RUN_TIMEOUT_MINUTES: '90' })).toThrow(
      'more than JOB_TIMEOUT',
    );
  });

  test('require a release whose clusters can send logs to CloudWatch.', () => {
    const settings = { CLUSTER_CLOUDWATCH_LOGS: 'on', EMR_RELEASE: 'emr-7.11.0' };
    expect(parseSettings(settings).cluster.cloudwatchLogs).toBe(true);
    expect(() => parseSettings({ ...settings, EMR_RELEASE: 'emr-7.10.0' })).toThrow(
      'expected EMR_RELEASE emr-7.11.0 or later, not emr-7.10.0',
    );
  });

  test('accept a network only with both its VPC and its subnets.', () => {
    const subnets = 'subnet-0123456789abcdef0, subnet-0123456789abcdef1';
    expect(parseSettings({ VPC_ID: 'vpc-0123456789abcdef0', SUBNET_IDS: subnets }).network).toEqual({
      vpcId: 'vpc-0123456789abcdef0',
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    });
    expect(() => parseSettings({ VPC_ID: 'vpc-0123456789abcdef0' })).toThrow('set both or neither');
    expect(() => parseSettings({ SUBNET_IDS: subnets })).toThrow('set both or neither');
  });

  test.each([
    ['http://127.0.0.1:4566', 'local'],
    ['http://127.9.0.1:4566', 'local'],
    ['https://vpce-1.s3.us-east-1.vpce.amazonaws.com', 'aws'],
  ])('distinguish a local endpoint from AWS: %s is %s.', (AWS_ENDPOINT_URL, target) => {
    expect(parseSettings({ AWS_ENDPOINT_URL }).target).toBe(target);
  });

  test('ignore the state bucket for the local AWS.', () => {
    const local = parseSettings({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', STATE_BUCKET: 'states' });
    expect(local.stateBucket).toBeUndefined();
    expect(parseSettings({ STATE_BUCKET: 'states' }).stateBucket).toBe('states');
  });
});

describe('The .env file', () => {
  const load = (content: string) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.env'), content);
    return loadSettings(folder, { STAGE: 'dev' });
  };

  test('contains settings, which the environment overrides.', () => {
    expect(load('STAGE=test\nPOLL_SECONDS=30\n')).toMatchObject({ stage: 'dev', run: { pollSeconds: 30 } });
  });

  test('is rejected with an unknown setting.', () => {
    expect(() => load('POL_SECONDS=30\n')).toThrow('POL_SECONDS: unknown setting');
  });

  test('is optional.', () => {
    expect(loadSettings(temporaryFolder(), {}).stage).toBe('dev');
  });
});
