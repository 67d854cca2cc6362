import { outsidersOf } from '../../../tools/access/outsiders';
import { written } from '../../../tools/access/words';
import { parsePolicy } from '../../../tools/access/policy-document';

const OWN = '111111111111';
const GITHUB = `arn:aws:iam::${OWN}:oidc-provider/token.actions.githubusercontent.com`;
const EKS = `arn:aws:iam::${OWN}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A`;

/** The external principals of a statement with this principal and condition. */
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
const PUBLIC = ['everyone'];

const equals = (key: string, value: unknown) => ({ StringEquals: { [key]: value } });
const like = (key: string, value: unknown) => ({ StringLike: { [key]: value } });
const arnLike = (key: string, value: unknown) => ({ ArnLike: { [key]: value } });

const lambda = { Service: 'lambda.amazonaws.com' };
const LAMBDA = ['lambda.amazonaws.com on behalf of any account'];
const root = (account: string) => ({ AWS: `arn:aws:iam::${account}:root` });
const github = { Federated: GITHUB };
const SUB = 'token.actions.githubusercontent.com:sub';
const GITHUB_IDENTITIES = ['all identities of token.actions.githubusercontent.com'];

test.each<[string, unknown, object, string[]]>([
  ['the own root', root(OWN), {}, []],
  ['the own account by ID', { AWS: OWN }, {}, []],
  ['a foreign root', root(FOREIGN), {}, OTHER],
  ['a foreign account by ID', { AWS: [FOREIGN, OWN] }, {}, OTHER],
  ['a foreign role', { AWS: `arn:aws:sts::${FOREIGN}:assumed-role/a/b` }, {}, OTHER],
  ['a canonical user', { CanonicalUser: 'abc' }, {}, ['the account abc']],
  ['everyone', '*', {}, PUBLIC],
  ['everyone in a list', { AWS: ['*'] }, {}, PUBLIC],
  ['roles of any account', { AWS: 'arn:aws:iam::*:role/x' }, {}, PUBLIC],
  ['any service', { Service: '*' }, {}, PUBLIC],
  ['NotPrincipal', { NotPrincipal: root(OWN) }, {}, PUBLIC],
  [
    'an identity of CloudFront',
    { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' },
    {},
    [],
  ],

  ['TLS', '*', { Bool: { 'aws:SecureTransport': 'true' } }, PUBLIC],
  ['the own account', '*', equals('aws:PrincipalAccount', OWN), []],
  ['the own account in other case', '*', { stringequals: { 'AWS:PRINCIPALACCOUNT': [OWN] } }, []],
  ['another account', '*', equals('aws:PrincipalAccount', FOREIGN), OTHER],
  ['two accounts', '*', equals('aws:PrincipalAccount', [OWN, FOREIGN]), OTHER],
  ['the account of the resource', '*', equals('aws:PrincipalAccount', '${aws:ResourceAccount}'), []],
  ['a pattern of accounts', '*', like('aws:PrincipalAccount', '1*'), PUBLIC],
  ['an organization', '*', equals('aws:PrincipalOrgID', 'o-abc'), ['all accounts of the organization o-abc']],
  ['any organization', '*', like('aws:PrincipalOrgID', '*'), PUBLIC],
  ['an optional organization', '*', { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abc' } }, PUBLIC],
  ['an endpoint', '*', equals('aws:SourceVpce', 'vpce-1'), []],
  ['any endpoint', '*', like('aws:SourceVpce', 'vpce-*'), PUBLIC],
  ['an address', '*', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '192.0.2.9'] } }, []],
  ['all addresses', '*', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, PUBLIC],
  ['all addresses in halves', '*', { IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } }, PUBLIC],
  ['all except an address', '*', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, PUBLIC],
  ['a user name, which any account can use', '*', equals('aws:username', 'admin'), PUBLIC],
  ['a tag, which any account can use', '*', equals('aws:PrincipalTag/team', 'a'), PUBLIC],
  [
    'ForAllValues without a required key',
    '*',
    { 'ForAllValues:StringEquals': { 'aws:PrincipalAccount': OWN } },
    PUBLIC,
  ],
  [
    'ForAllValues with a required key',
    '*',
    {
      'ForAllValues:StringEquals': { 'aws:PrincipalAccount': OWN },
      Null: { 'aws:PrincipalAccount': 'false' },
    },
    [],
  ],
  ['no account', '*', { Null: { 'aws:PrincipalAccount': 'true' } }, PUBLIC],
  ['any account', '*', { Null: { 'aws:PrincipalAccount': 'false' } }, PUBLIC],

  ['a service', lambda, {}, LAMBDA],
  ['a service for the own account', lambda, equals('aws:SourceAccount', OWN), []],
  ['a service for own functions', lambda, arnLike('aws:SourceArn', `arn:aws:lambda:*:${OWN}:function:*`), []],
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
    'everyone with an encryption context',
    '*',
    equals('kms:EncryptionContext:aws:sqs:arn', `arn:aws:sqs:us-east-1:${OWN}:q`),
    PUBLIC,
  ],
  ['a service for a bucket', lambda, arnLike('aws:SourceArn', 'arn:aws:s3:::my-bucket'), []],
  ['a service for any bucket', lambda, arnLike('aws:SourceArn', 'arn:aws:s3:::*'), LAMBDA],
  ['a service for any resource', lambda, arnLike('aws:SourceArn', '*'), LAMBDA],
  ['a service for any account', lambda, arnLike('aws:SourceArn', 'arn:aws:lambda:*:*:*'), LAMBDA],
  [
    'a service for all accounts except one',
    lambda,
    { StringNotEquals: { 'aws:SourceAccount': '2' } },
    LAMBDA,
  ],
  [
    'a service with an optional account',
    lambda,
    { StringEqualsIfExists: { 'aws:SourceAccount': OWN } },
    LAMBDA,
  ],
  ['a service with the own account as external ID', lambda, equals('sts:ExternalId', OWN), []],
  ['a service for a foreign account', lambda, equals('aws:SourceAccount', FOREIGN), OTHER],

  ['all repositories', github, like(SUB, '*'), GITHUB_IDENTITIES],
  ['all repositories by another pattern', github, like(SUB, 'repo:*'), GITHUB_IDENTITIES],
  ['owners with a prefix', github, like(SUB, 'repo:acme*'), GITHUB_IDENTITIES],
  ['one owner and all owners', github, like(SUB, ['repo:acme/*', 'repo:*']), GITHUB_IDENTITIES],
  ['one owner', github, like(SUB, 'repo:acme/*'), []],
  ['one branch', github, equals(SUB, 'repo:acme/app:ref:refs/heads/main'), []],
  ['all repositories except one', github, { StringNotEquals: { [SUB]: 'repo:acme/app' } }, GITHUB_IDENTITIES],
  ['an optional repository', github, { StringEqualsIfExists: { [SUB]: 'repo:acme/app' } }, GITHUB_IDENTITIES],
  [
    'the common audience',
    github,
    equals('token.actions.githubusercontent.com:aud', 'sts.amazonaws.com'),
    GITHUB_IDENTITIES,
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
  ['Google', { Federated: 'accounts.google.com' }, {}, ['all identities of accounts.google.com']],
  ['the own directory', { Federated: `arn:aws:iam::${OWN}:saml-provider/x` }, {}, []],
  ['a foreign directory', { Federated: `arn:aws:iam::${FOREIGN}:saml-provider/x` }, {}, OTHER],
])('A statement for %s allows the expected external principals.', (_, principal, condition, who) => {
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
  ['all other accounts', deny({ StringNotEquals: { 'aws:PrincipalAccount': OWN } }), []],
  ['all other accounts by ARN', deny({ ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${OWN}:*` } }), []],
  ['NotPrincipal', deny({}, { Principal: undefined, NotPrincipal: root(OWN) }), []],
  ['plain HTTP', deny({ Bool: { 'aws:SecureTransport': 'false' } }), PUBLIC],
  [
    'other accounts with a required key',
    deny({ StringNotEquals: { 'aws:PrincipalAccount': OWN }, Null: { 'aws:PrincipalAccount': 'false' } }),
    PUBLIC,
  ],
  [
    'another action',
    deny({ StringNotEquals: { 'aws:PrincipalAccount': OWN } }, { Action: 's3:PutObject' }),
    PUBLIC,
  ],
  // ForAnyValue does not match a request without the key.
  [
    'any value of other accounts',
    deny({ 'ForAnyValue:StringNotEquals': { 'aws:PrincipalAccount': OWN } }),
    PUBLIC,
  ],
  ['another account', deny(equals('aws:PrincipalAccount', '9')), PUBLIC],
])('A Deny statement for %s limits an Allow statement for everyone.', (_, denial, who) => {
  expect(outsiders('*', {}, denial)).toEqual(who);
});

test('In a plan without an account, every account is external.', () => {
  const [statement] = parsePolicy(JSON.stringify({ Statement: { Effect: 'Allow', Principal: root(OWN) } }))!;
  expect(outsidersOf(statement!, [statement!], new Set())).toMatchObject([{ kind: 'account' }]);
});
