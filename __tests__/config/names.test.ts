import { Token } from 'cdktf';
import { NameError, Names } from '../../config/names';

const names = (change: { appPrefix?: string; stage?: string; region?: string } = {}) =>
  new Names({ appPrefix: 'clicklogger', stage: 'dev', region: 'us-east-1', ...change }, '123456789012');

describe('Names', () => {
  test('match the documented commands.', () => {
    expect(names().function('ingestion')).toBe('clicklogger-dev-ingestion-lambda');
    expect(names().stateMachine()).toBe('clicklogger-dev-state-machine');
    expect(names().deliveryStream()).toBe('clicklogger-dev-firehose-delivery-stream');
    expect(names().emrApplication()).toBe('clicklogger-dev-loggregrator-emr-123456789012');
    expect(names().studio()).toBe('clicklogger-dev-studio');
    expect(names().bucket('loggregator-output')).toBe(
      'us-east-1-clicklogger-dev-loggregator-output-123456789012',
    );
  });

  test('fit the limit of S3 in the regions with the longest names.', () => {
    expect(names({ region: 'ap-southeast-1' }).bucket('loggregator-output')).toHaveLength(62);
  });

  test('are rejected for a bucket with more than 63 characters, with the settings to shorten.', () => {
    const tooLong = () => names({ stage: 'staging', region: 'ap-southeast-1' }).bucket('loggregator-output');
    expect(tooLong).toThrow(NameError);
    expect(tooLong).toThrow('has 66 characters; AWS allows 63. Shorten APP_PREFIX or STAGE.');
  });

  test('are rejected for a role with more than 64 characters.', () => {
    expect(() => names({ appPrefix: 'a'.repeat(20) }).role('p'.repeat(30))).toThrow('AWS allows 64');
  });

  test('are rejected with characters that the service does not allow.', () => {
    expect(() => names().bucket('Output')).toThrow('is not allowed');
  });

  test('contain no hyphen in the Glue catalog.', () => {
    expect(names().database()).toBe('clicklogger_dev');
  });

  test('are validated with an account id of twelve digits while the id is a token.', () => {
    const token = Token.asString({ resolve: () => '123456789012' });
    const unresolved = new Names({ appPrefix: 'clicklogger', stage: 'dev', region: 'us-east-1' }, token);
    expect(unresolved.bucket('loggregator-output')).toContain(token);
  });
});
