import { attributeChanges } from '../../../tools/terraform/plan/attribute-diff';
import { hideSecrets, isSecretName } from '../../../tools/terraform/plan/masking';
import { SECRET_TEXTS } from '../../../tools/terraform/plan/secret-texts';
import { planOf, textOf, type Change } from '../plan-review/plan-of';

const SECRET = 'correct-horse-battery';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const random = (length: number): string => 'Ab1x'.repeat(length).slice(0, length);

/** Examples of each kind, with the hidden part. */
const EXAMPLES: Readonly<Record<string, readonly (readonly [text: string, shown: string])[]>> = {
  'private key': [
    ['a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b', 'a (hidden) b'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn', '(hidden)'],
  ],
  'access key id of AWS': [['key AKIAIOSFODNN7EXAMPLE', 'key (hidden)']],
  'token of GitHub, GitLab, Slack, npm, PyPI, Docker, Vault, DigitalOcean': [
    [`ghp_${random(36)}`, '(hidden)'],
    [`github_pat_${random(60)}`, '(hidden)'],
    [`glpat-${random(20)}`, '(hidden)'],
    [`xoxb-${random(24)}`, '(hidden)'],
    [`npm_${random(36)}`, '(hidden)'],
    [`pypi-${random(60)}`, '(hidden)'],
    [`dckr_pat_${random(27)}`, '(hidden)'],
    [`hvs.${random(24)}`, '(hidden)'],
    [`dop_v1_${'a3f1'.repeat(16)}`, '(hidden)'],
  ],
  'key of Stripe, OpenAI, Anthropic, Google, SendGrid, Twilio': [
    [`sk_live_${random(24)}`, '(hidden)'],
    [`whsec_${random(32)}`, '(hidden)'],
    [`sk-proj-${random(44)}`, '(hidden)'],
    [`sk-ant-api03-${random(60)}`, '(hidden)'],
    [`AIzaSy${random(33)}`, '(hidden)'],
    [`SG.${random(22)}.${random(43)}`, '(hidden)'],
    [`SK${'a3f1'.repeat(8)}`, '(hidden)'],
  ],
  'JSON Web Token': [['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N', '(hidden)']],
  'URL of a webhook, which is its password': [
    ['https://hooks.slack.com/services/T0000/B0000/XXXXXXXX', 'https://hooks.slack.com/services/(hidden)'],
    ['https://discord.com/api/webhooks/1/abcdefgh now', 'https://discord.com/api/webhooks/(hidden) now'],
    [
      'https://events.pagerduty.com/integration/0123456789abcdef/enqueue',
      'https://events.pagerduty.com/integration/(hidden)',
    ],
  ],
  'user:password@ of a URL': [[`postgres://admin:${SECRET}@db/x`, 'postgres://(hidden)@db/x']],
  'name=value, in command lines, connection strings and JSON': [
    [`run --password=${SECRET} now`, 'run --password=(hidden) now'],
    [`Server=db;User Id=sa;Password=${SECRET};`, 'Server=db;User Id=sa;Password=(hidden);'],
    [`curl -H "X-Api-Key: ${SECRET}"`, 'curl -H "X-Api-Key: (hidden)"'],
    [`{\\"password\\":\\"${SECRET}\\"}`, '{\\"password\\":\\"(hidden)\\"}'],
    [`export DBPWD=${SECRET}`, 'export DBPWD=(hidden)'],
  ],
  'pass=value': [
    [`export PGPASS=${SECRET}`, 'export PGPASS=(hidden)'],
    [`host=h user=u pass=${SECRET}`, 'host=h user=u pass=(hidden)'],
    [`{"db_pass": "${SECRET}"}`, '{"db_pass": "(hidden)"}'],
  ],
  'option and value: --password VALUE, "--token","VALUE"': [
    [`docker login --password ${SECRET} registry`, 'docker login --password (hidden) registry'],
    [`["--db-password","${SECRET}"]`, '["--db-password","(hidden)"]'],
  ],
  '-pPASSWORD, as MySQL takes it': [
    ['mysql -uroot -pS3cr3tPassw0rd! -h db', 'mysql -uroot -p(hidden) -h db'],
    ['["mysql","-pS3cr3tPassw0rd"]', '["mysql","-p(hidden)"]'],
  ],
  'curl -u USER:PASSWORD': [
    [`curl -s -u admin:${SECRET} https://x/`, 'curl -s -u (hidden) https://x/'],
    [`["curl","--user","admin:${SECRET}"]`, '["curl","--user","(hidden)"]'],
  ],
  'Authorization: Basic or Bearer VALUE': [
    ['Authorization: Basic YWRtaW46UzNjcjN0', 'Authorization: Basic (hidden)'],
    ['{"Authorization":"Bearer abcdef"}', '{"Authorization":"Bearer (hidden)"}'],
  ],
  'signature of a shared access of Azure': [['sv=2020&sig=S3cr3tSig%3D&se=1', 'sv=2020&sig=(hidden)&se=1']],
  'key of a connection string of Azure': [
    ['AccountName=a;AccountKey=BwcHBwcHBwcHBwcHBwc==', 'AccountName=a;AccountKey=(hidden)'],
  ],
};

describe('The review hides', () => {
  test.each<[string, object, Partial<Change>?]>([
    ['with the name of a secret', { master_password: SECRET }],
    ['in JSON with the name of a secret', { conf: JSON.stringify({ a: [{ apiKey: SECRET }] }) }],
    ['in a block with the name of a secret', { credentials: [{ user: SECRET }] }],
    [
      'in the environment of a function',
      { environment: [{ variables: { MODE: SECRET } }] },
      { type: 'aws_lambda_function' },
    ],
    ['after a name in a longer text', { command: `run --password=${SECRET} now` }],
    [
      'of a pair with the name of a secret',
      { header: [{ name: 'X-Api-Key', value: SECRET }] },
      { before: { header: [{ name: 'X-Api-Key', value: 'a' }] } },
    ],
    ['of a new pair with the name of a secret', { x: [{ h: [{ Key: 'dbPassword', Value: SECRET }] }] }],
    ['of a parameter', { value: SECRET }, { type: 'aws_ssm_parameter', before: { value: 'a' } }],
    ['in base64', { user_data: base64(`export DB_PASSWORD=${SECRET}`) }],
    ['in a URL', { url: `postgres://admin:${SECRET}@db.internal/x` }],
  ])('a value %s.', async (_, after, rest = {}) => {
    const text = await textOf([{ before: {}, after, ...rest }]);
    expect(text).not.toContain(SECRET);
    expect(text).toContain('(hidden)');
  });

  test.each(Object.entries(EXAMPLES))('%s.', (name, examples) => {
    const pattern = SECRET_TEXTS[name];
    expect(pattern).toBeDefined();
    for (const [text, shown] of examples) {
      expect(hideSecrets(text)).toBe(shown);
      // Its own pattern matches.
      expect(text.search(pattern!)).toBeGreaterThanOrEqual(0);
    }
  });

  test('an example of every kind of secret.', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(SECRET_TEXTS).sort());
  });

  test.each([
    ['secret access key of AWS', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['text in base64 with a secret', base64('#!/bin/sh\nexport DB_PASSWORD=S3cr3tPassw0rd\n')],
    ['compressed text', 'H4sIAAAAAAAAA0tMTEoGAG4C3kEEAAAA'],
  ])('a %s.', (_, text) => {
    expect(hideSecrets(`before ${text} after`)).toBe('before (hidden) after');
  });
});

describe('The review shows', () => {
  test.each([
    'arn:aws:iam::000000000000:role/clicklogger-dev-covid-instance-us-east-1',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'aws_s3_bucket_server_side_encryption_configuration.OutputBucket_Encryption_746620CD',
    's3://us-east-1-clicklogger-dev-loggregator-source-000000000000/jobs/loggregator.jar',
    base64('#!/bin/sh\nyum install -y nginx\n'),
    base64('5f4dcc3b5aa765d61d8327deb882cf99'),
    'mkdir -p /var/lib/data && docker run -p8080:80 -p 9090:90 image',
    'java -profile=staging -pipeline x; tar -pxzf a.tgz; psql -p5432',
    'mysql -uroot -p$DB_PASSWORD_OF_HOST -h db',
    'docker run -u 1000:1000 image; curl -u $CREDENTIALS https://example.com',
    'bypass=everything; compass=north-west; surpass=expectations',
    'Authorization: required',
    'sk-learn==1.5.0 and AIzawa and SG.group',
    'design=modern-look; config=abcdefghij',
    'aws secretsmanager get-secret-value --secret arn:aws:secretsmanager:us-east-1:000000000000:secret:a',
    'https://hooks.slack.com/ and https://slack.com/services/T0000',
    'all tests pass: nothing left to do',
  ])('%s', (text) => {
    expect(hideSecrets(text)).toBe(text);
  });
});

test.each<[boolean, string[]]>([
  [true, ['password', 'dbPassword', 'PGPASSWORD', 'PGPASS', 'db_pass', '--pass', 'userPwd', 'password_old']],
  [true, ['X-Api-Key', 'apiKey', 'tunnel1_preshared_key', 'psk', 'Authorization', 'X-Origin-Verify']],
  [true, ['secret_string', 'clientSecret']],
  [false, ['kms_key_arn', 'key', 'secret_arn', 'author', 'token_type', 'partition_keys', 'access_key_id']],
  [false, ['bypass', 'compass', 'pass_through', 'passenger', 'spwdx', 'hash_key']],
])('A value is a secret (%s) by names such as %j.', (expected, names) => {
  expect(names.filter((name) => isSecretName(name) !== expected)).toEqual([]);
});

test('The review shows that a hidden value changes.', () => {
  const [change] = planOf([{ before: { password: 'a' }, after: { password: 'b' } }]).changes;
  expect(attributeChanges(change!)).toEqual([{ path: ['password'], before: '(hidden)', after: '(hidden)' }]);
});
