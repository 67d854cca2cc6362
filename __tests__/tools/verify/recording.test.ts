import { Redaction } from '../../../tools/verify/recording';

const TARGET = {
  account: '123456789012',
  region: 'eu-west-3',
  stage: 'verifyq1z',
  settings: { appPrefix: 'acme-clicks' },
};

const redact = (text: string): string => new Redaction(TARGET).redact(text);

describe('A recording', () => {
  test.each([
    [
      'arn:aws:states:eu-west-3:123456789012:stateMachine:acme-clicks-verifyq1z-state-machine',
      'arn:aws:states:<region>:<account>:stateMachine:<base>-state-machine',
    ],
    ['eu-west-3-acme-clicks-verifyq1z-emr-logs-123456789012', '<region>-<base>-emr-logs-<account>'],
    ['acme_clicks_verifyq1z_covid', '<base>_covid'],
    ['--stage verifyq1z', '--stage <stage>'],
    ['arn:aws:iam::123456789012:user/ann.lee', '<principal-arn-1>'],
    ['arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0a1b/ann@acme.org', '<principal-arn-1>'],
    [
      'arn:aws:sts::123456789012:assumed-role/acme-clicks-verifyq1z-job-eu-west-3/s',
      'arn:aws:sts::<account>:assumed-role/<base>-job-<region>/s',
    ],
    ['j-2AXXXXXXGAPLF/steps/s-0012345ABCDEFGHIJKLM', '<cluster-1>/steps/<step-1>'],
    [
      'applications/00f1abcdefgh2345/jobs/00fzyxwvutsr5432',
      'applications/<emr-serverless-id-1>/jobs/<emr-serverless-id-2>',
    ],
    ['execution:m:0f3b7a44-9d2e-4c8e-8f57-2d6a0a1b2c3d', 'execution:m:<uuid-1>'],
    ['AROAEXAMPLEID12345678:session', '<principal-1>:session'],
    ['subnet-0123456789abcdef0 in vpc-0123456789abcdef0', '<ec2-id-1> in <ec2-id-2>'],
    [
      'ip-10-0-3-17.eu-west-3.compute.internal (10.0.3.17)',
      '<host-1>.<region>.compute.internal (<address-1>)',
    ],
    [
      'Request ID: 4NB2K3, S3 Extended Request ID: abc+/DEF123==',
      'Request ID: 4NB2K3, S3 Extended Request ID: <request-id-1>',
    ],
    ['mail ann.lee@acme.org', 'mail <email-1>'],
    [`token ${'0a'.repeat(32)}`, 'token <hash-1>'],
  ])('has placeholders for the identifiers in %j.', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test('keeps values that do not identify an account.', () => {
    const text = '{"status":"FAILED","error":"InvalidInputDate","afterMs":1712,"input":"2026-02-30"}';
    expect(redact(text)).toBe(text);
  });

  test('has the same placeholder for the same id in each of its files.', () => {
    const redaction = new Redaction(TARGET);
    expect(redaction.redact('j-AAAAAAAAAAAAA j-BBBBBBBBBBBBB')).toBe('<cluster-1> <cluster-2>');
    expect(redaction.redact('j-BBBBBBBBBBBBB j-CCCCCCCCCCCCC')).toBe('<cluster-2> <cluster-3>');
  });

  test('contains neither account nor stage anywhere in the JSON.', () => {
    const nested = JSON.stringify({ cause: JSON.stringify({ Id: `x${TARGET.account}y-${TARGET.stage}!` }) });
    expect(redact(nested)).not.toContain(TARGET.account);
    expect(redact(nested)).not.toContain(TARGET.stage);
  });
});
