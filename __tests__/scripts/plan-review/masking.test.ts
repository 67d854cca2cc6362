import { attributeChanges } from '../../../scripts/lib/plan-review/attribute-diff';
import { hideSecrets, isSecretName } from '../../../scripts/lib/plan-review/masking';
import { planOf, textOf, type Change } from './plan-of';

const SECRET = 'correct-horse-battery';

describe('what is never shown', () => {
  it.each<[string, Change]>([
    ['marked as sensitive', { before: { x: 'old' }, after: { x: SECRET }, after_sensitive: { x: true } }],
    [
      'in a block marked as sensitive',
      { before: {}, after: { x: [{ y: SECRET }] }, after_sensitive: { x: true } },
    ],
    [
      'once marked as sensitive',
      { before: { x: SECRET }, after: { x: 'new' }, before_sensitive: { x: true } },
    ],
    ['named like a secret', { before: {}, after: { master_password: SECRET } }],
    [
      'in JSON, named like a secret',
      { before: { conf: '{}' }, after: { conf: JSON.stringify({ a: [{ apiKey: SECRET }] }) } },
    ],
    ['in a block named like a secret', { before: {}, after: { credentials: [{ user: SECRET }] } }],
    [
      'in the environment of a function',
      { type: 'aws_lambda_function', before: {}, after: { environment: [{ variables: { MODE: SECRET } }] } },
    ],
    ['behind a name in a longer text', { before: {}, after: { command: `run --password=${SECRET} now` } }],
    ['in a URL', { before: {}, after: { url: `postgres://admin:${SECRET}@db.internal/x` } }],
  ])('a value %s', async (_, change) => {
    const text = await textOf([change]);
    expect(text).not.toContain(SECRET);
    expect(text).toContain('(hidden)');
  });

  it.each([
    'AKIAIOSFODNN7EXAMPLE',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    `ghp_${'a1B2'.repeat(9)}`,
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
  ])('the text %s wherever it stands', (secret) => {
    expect(hideSecrets(`before ${secret} after`)).toBe('before (hidden) after');
  });
});

describe('what is shown all the same', () => {
  it.each([
    'arn:aws:iam::000000000000:role/clicklogger-dev-covid-instance-us-east-1',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'aws_s3_bucket_server_side_encryption_configuration.OutputBucket_Encryption_746620CD',
    's3://us-east-1-clicklogger-dev-loggregator-source-000000000000/jobs/loggregator.jar',
  ])('%s', (text) => {
    expect(hideSecrets(text)).toBe(text);
  });

  it.each(['kms_key_arn', 'key', 'secret_arn', 'author', 'token_type', 'partition_keys', 'access_key_id'])(
    'a value named %s',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );
});

it('tells that a hidden value changes', () => {
  const [change] = planOf([{ before: { password: 'a' }, after: { password: 'b' } }]).changes;
  expect(attributeChanges(change!)).toEqual([{ path: ['password'], before: '(hidden)', after: '(hidden)' }]);
});
