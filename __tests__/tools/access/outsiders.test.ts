import { outsidersOf } from '../../../tools/access/outsiders';
import { written } from '../../../tools/access/words';
import { parsePolicy } from '../../../tools/access/policy-document';

const OWN = '111111111111';
const GITHUB = `arn:aws:iam::${OWN}:oidc-provider/token.actions.githubusercontent.com`;
const EKS = `arn:aws:iam::${OWN}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A`;

/** Who outside can use a statement that allows these principals under this condition. */
function outsiders(principal: unknown, condition: object = {}, ...others: object[]): string[] {
  const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'r', ...named(principal) };
  const statements = parsePolicy(
    JSON.stringify({ Statement: [{ ...allow, Condition: condition }, ...others] }),
  )!;
  return outsidersOf(statements[0]!, statements, new Set([OWN])).map((who) => written(who.words));
}

function named(principal: unknown): object {
  return typeof principal === 'object' && principal !== null && 'NotPrincipal' in principal
    ? principal
    : { Principal: principal };
}

const FOREIGN = '999999999999';
const OTHER = [`the account ${FOREIGN}`];

const equals = (key: string, value: unknown) => ({ StringEquals: { [key]: value } });
const like = (key: string, value: unknown) => ({ StringLike: { [key]: value } });
const arnLike = (key: string, value: unknown) => ({ ArnLike: { [key]: value } });

const lambda = { Service: 'lambda.amazonaws.com' };
const LAMBDA = ['lambda.amazonaws.com, on behalf of any account,'];
const root = (account: string) => ({ AWS: `arn:aws:iam::${account}:root` });
const github = { Federated: GITHUB };
const SUB = 'token.actions.githubusercontent.com:sub';
const GITHUB_USERS = ['everybody with an identity of token.actions.githubusercontent.com'];

test.each<[string, unknown, object, string[]]>([
  ['its own root', root(OWN), {}, []],
  ['its own account by number', { AWS: OWN }, {}, []],
  ['a foreign root', root(FOREIGN), {}, OTHER],
  ['a foreign account by number', { AWS: [FOREIGN, OWN] }, {}, OTHER],
  ['a foreign role', { AWS: `arn:aws:sts::${FOREIGN}:assumed-role/a/b` }, {}, OTHER],
  ['a canonical user', { CanonicalUser: 'abc' }, {}, ['the account abc']],
  ['anybody', '*', {}, ['anybody']],
  ['anybody in a list', { AWS: ['*'] }, {}, ['anybody']],
  ['roles of any account', { AWS: 'arn:aws:iam::*:role/x' }, {}, ['anybody']],
  ['any service', { Service: '*' }, {}, ['anybody']],
  ['everybody but', { NotPrincipal: root(OWN) }, {}, ['anybody']],
  [
    'an identity of CloudFront',
    { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' },
    {},
    [],
  ],

  ['TLS', '*', { Bool: { 'aws:SecureTransport': 'true' } }, ['anybody']],
  ['its account', '*', equals('aws:PrincipalAccount', OWN), []],
  ['its account in other capitals', '*', { stringequals: { 'AWS:PRINCIPALACCOUNT': [OWN] } }, []],
  ['another account', '*', equals('aws:PrincipalAccount', FOREIGN), OTHER],
  ['two accounts', '*', equals('aws:PrincipalAccount', [OWN, FOREIGN]), OTHER],
  ['the account of the resource', '*', equals('aws:PrincipalAccount', '${aws:ResourceAccount}'), []],
  ['a pattern of accounts', '*', like('aws:PrincipalAccount', '1*'), ['anybody']],
  [
    'its organization',
    '*',
    equals('aws:PrincipalOrgID', 'o-abc'),
    ['all accounts of the organization o-abc'],
  ],
  ['any organization', '*', like('aws:PrincipalOrgID', '*'), ['anybody']],
  [
    'an organization if there is one',
    '*',
    { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abc' } },
    ['anybody'],
  ],
  ['an endpoint', '*', equals('aws:SourceVpce', 'vpce-1'), []],
  ['any endpoint', '*', like('aws:SourceVpce', 'vpce-*'), ['anybody']],
  ['an address', '*', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '192.0.2.9'] } }, []],
  ['all addresses', '*', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, ['anybody']],
  [
    'all addresses in halves',
    '*',
    { IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } },
    ['anybody'],
  ],
  ['all but an address', '*', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, ['anybody']],
  ['a name that anybody can take', '*', equals('aws:username', 'admin'), ['anybody']],
  ['a tag that anybody can give', '*', equals('aws:PrincipalTag/team', 'a'), ['anybody']],
  ['all values, of none', '*', { 'ForAllValues:StringEquals': { 'aws:PrincipalAccount': OWN } }, ['anybody']],
  [
    'all values, and one',
    '*',
    {
      'ForAllValues:StringEquals': { 'aws:PrincipalAccount': OWN },
      Null: { 'aws:PrincipalAccount': 'false' },
    },
    [],
  ],
  ['no account at all', '*', { Null: { 'aws:PrincipalAccount': 'true' } }, ['anybody']],
  ['some account', '*', { Null: { 'aws:PrincipalAccount': 'false' } }, ['anybody']],

  ['a service', lambda, {}, LAMBDA],
  ['a service for its account', lambda, equals('aws:SourceAccount', OWN), []],
  ['a service for its own', lambda, arnLike('aws:SourceArn', `arn:aws:lambda:*:${OWN}:function:*`), []],
  [
    'a service that encrypts an own queue',
    lambda,
    equals('kms:EncryptionContext:aws:sqs:arn', `arn:aws:sqs:us-east-1:${OWN}:q`),
    [],
  ],
  [
    'a service that encrypts a queue of any account',
    lambda,
    like('kms:EncryptionContext:aws:sqs:arn', 'arn:aws:sqs:us-east-1:*:q'),
    LAMBDA,
  ],
  [
    'anybody who says what is encrypted',
    '*',
    equals('kms:EncryptionContext:aws:sqs:arn', `arn:aws:sqs:us-east-1:${OWN}:q`),
    ['anybody'],
  ],
  ['a service for a bucket', lambda, arnLike('aws:SourceArn', 'arn:aws:s3:::my-bucket'), []],
  ['a service for any bucket', lambda, arnLike('aws:SourceArn', 'arn:aws:s3:::*'), LAMBDA],
  ['a service for anything', lambda, arnLike('aws:SourceArn', '*'), LAMBDA],
  ['a service for any account', lambda, arnLike('aws:SourceArn', 'arn:aws:lambda:*:*:*'), LAMBDA],
  ['a service for all but one', lambda, { StringNotEquals: { 'aws:SourceAccount': '2' } }, LAMBDA],
  ['a service if it says so', lambda, { StringEqualsIfExists: { 'aws:SourceAccount': OWN } }, LAMBDA],
  ['a service with the own number as external id', lambda, equals('sts:ExternalId', OWN), []],
  ['a service for another', lambda, equals('aws:SourceAccount', FOREIGN), OTHER],

  ['all repositories', github, like(SUB, '*'), GITHUB_USERS],
  ['all repositories by another pattern', github, like(SUB, 'repo:*'), GITHUB_USERS],
  ['owners that begin alike', github, like(SUB, 'repo:acme*'), GITHUB_USERS],
  ['one owner and all', github, like(SUB, ['repo:acme/*', 'repo:*']), GITHUB_USERS],
  ['one owner', github, like(SUB, 'repo:acme/*'), []],
  ['one branch', github, equals(SUB, 'repo:acme/app:ref:refs/heads/main'), []],
  ['all but one repository', github, { StringNotEquals: { [SUB]: 'repo:acme/app' } }, GITHUB_USERS],
  [
    'a repository if there is one',
    github,
    { StringEqualsIfExists: { [SUB]: 'repo:acme/app' } },
    GITHUB_USERS,
  ],
  [
    'an audience that all have',
    github,
    equals('token.actions.githubusercontent.com:aud', 'sts.amazonaws.com'),
    GITHUB_USERS,
  ],
  [
    'a service account of a cluster',
    { Federated: EKS },
    equals('oidc.eks.us-east-1.amazonaws.com/id/A:sub', 'system:serviceaccount:a:b'),
    [],
  ],
  [
    'one pool of Cognito',
    { Federated: 'cognito-identity.amazonaws.com' },
    equals('cognito-identity.amazonaws.com:aud', 'us-east-1:1'),
    [],
  ],
  ['Google', { Federated: 'accounts.google.com' }, {}, ['everybody with an identity of accounts.google.com']],
  ['its own directory', { Federated: `arn:aws:iam::${OWN}:saml-provider/x` }, {}, []],
  ['a foreign directory', { Federated: `arn:aws:iam::${FOREIGN}:saml-provider/x` }, {}, OTHER],
])('Who outside of the account can use a statement for %s is known.', (_, principal, condition, who) => {
  expect(outsiders(principal, condition)).toEqual(who);
});

const deny = (condition: object, more: object = {}) => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: '*',
  Condition: condition,
  ...more,
});

test.each<[string, object, string[]]>([
  ['all others', deny({ StringNotEquals: { 'aws:PrincipalAccount': OWN } }), []],
  ['all others by ARN', deny({ ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${OWN}:*` } }), []],
  ['everybody else', deny({}, { Principal: undefined, NotPrincipal: root(OWN) }), []],
  ['plain HTTP', deny({ Bool: { 'aws:SecureTransport': 'false' } }), ['anybody']],
  [
    'others, when they say who they are',
    deny({ StringNotEquals: { 'aws:PrincipalAccount': OWN }, Null: { 'aws:PrincipalAccount': 'false' } }),
    ['anybody'],
  ],
  [
    'others something else',
    deny({ StringNotEquals: { 'aws:PrincipalAccount': OWN } }, { Action: 's3:PutObject' }),
    ['anybody'],
  ],
  // ForAnyValue does not hold for a request without the key, so that nothing is denied.
  [
    'others with one of several accounts',
    deny({ 'ForAnyValue:StringNotEquals': { 'aws:PrincipalAccount': OWN } }),
    ['anybody'],
  ],
  ['another account', deny(equals('aws:PrincipalAccount', '9')), ['anybody']],
])('A denial of %s leaves what anybody may to those whom it does not name.', (_, denial, who) => {
  expect(outsiders('*', {}, denial)).toEqual(who);
});

test('Without its own account, every account that is named counts as outside.', () => {
  const [statement] = parsePolicy(JSON.stringify({ Statement: { Effect: 'Allow', Principal: root(OWN) } }))!;
  expect(outsidersOf(statement!, [statement!], new Set())).toMatchObject([{ kind: 'account' }]);
});
