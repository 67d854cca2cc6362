import { Token } from 'cdktf';
import { NameError, Names } from '../../config/names';

const names = (change: { appPrefix?: string; stage?: string; region?: string } = {}) =>
  new Names({ appPrefix: 'clicklogger', stage: 'dev', region: 'us-east-1', ...change }, '123456789012');

describe('Names', () => {
  test('are those of the documented commands', () => {
    expect(names().function('ingestion')).toBe('clicklogger-dev-ingestion-lambda');
    expect(names().stateMachine()).toBe('clicklogger-dev-state-machine');
    expect(names().deliveryStream()).toBe('clicklogger-dev-firehose-delivery-stream');
    expect(names().emrApplication()).toBe('clicklogger-dev-loggregrator-emr-123456789012');
    expect(names().studio()).toBe('clicklogger-dev-studio');
    expect(names().bucket('loggregator-output')).toBe(
      'us-east-1-clicklogger-dev-loggregator-output-123456789012',
    );
  });

  test('fit S3 in the regions with the longest names', () => {
    expect(names({ region: 'ap-southeast-1' }).bucket('loggregator-output')).toHaveLength(62);
  });

  test('refuse a bucket name longer than 63, saying what to shorten', () => {
    expect(() => names({ stage: 'staging', region: 'ap-southeast-1' }).bucket('loggregator-output')).toThrow(
      NameError,
    );
    expect(() => names({ stage: 'staging', region: 'ap-southeast-1' }).bucket('loggregator-output')).toThrow(
      'has 66 characters; AWS allows 63. Shorten APP_PREFIX or STAGE.',
    );
  });

  test('refuse a role name longer than 64', () => {
    expect(() => names({ appPrefix: 'a'.repeat(20) }).role('p'.repeat(30))).toThrow('AWS allows 64');
  });

  test('refuse characters that the service does not take', () => {
    expect(() => names().bucket('Output')).toThrow('is not allowed');
  });

  test('hold no hyphen in the catalog', () => {
    expect(names().database()).toBe('clicklogger_dev');
  });

  test('measure the account id at its real length while it is a token', () => {
    const token = Token.asString({ resolve: () => '123456789012' });
    const unresolved = new Names({ appPrefix: 'clicklogger', stage: 'dev', region: 'us-east-1' }, token);
    expect(unresolved.bucket('loggregator-output')).toContain(token);
  });
});
