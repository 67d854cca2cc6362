import { externalPrincipals } from '../../../tools/access/external-principals';
import { renderPhrase } from '../../../tools/access/phrase';
import { parsePolicy } from '../../../tools/access/policy-document';

const OWN = '111111111111';
const GITHUB_HOST = 'token.actions.githubusercontent.com';
const EKS = 'oidc.eks.us-east-1.amazonaws.com/id/A';
const COGNITO = 'cognito-identity.amazonaws.com';

/** The external principals of a statement with this principal and condition. */
function principalsOf(principal: unknown, condition: object = {}, ...others: object[]): string[] {
  const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'r', ...named(principal) };
  const statements = parsePolicy(
    JSON.stringify({ Statement: [{ ...allow, Condition: condition }, ...others] }),
  )!;
  return externalPrincipals(statements[0]!, statements, new Set([OWN])).map((who) => renderPhrase(who.words));
}

function named(principal: unknown): object {
  return typeof principal === 'object' && principal !== null && 'NotPrincipal' in principal
    ? principal
    : { Principal: principal };
}

const FOREIGN = '999999999999';
const OTHER = [`the account ${FOREIGN}`];
const PUBLIC = ['everyone'];

const ACCOUNT = 'aws:PrincipalAccount';
const SOURCE_ACCOUNT = 'aws:SourceAccount';
const ENCRYPTED_QUEUE = 'kms:EncryptionContext:aws:sqs:arn';
const queueOf = (account: string) => `arn:aws:sqs:us-east-1:${account}:q`;

const equals = (key: string, value: unknown) => ({ StringEquals: { [key]: value } });
const like = (key: string, value: unknown) => ({ StringLike: { [key]: value } });
const arnLike = (key: string, value: unknown) => ({ ArnLike: { [key]: value } });

const optional = (key: string, value: unknown) => ({ StringEqualsIfExists: { [key]: value } });
const unless = (key: string, value: unknown) => ({ StringNotEquals: { [key]: value } });
const forAll = { 'ForAllValues:StringEquals': { [ACCOUNT]: OWN } };

const lambda = { Service: 'lambda.amazonaws.com' };
const LAMBDA = ['lambda.amazonaws.com on behalf of any account'];
const root = (account: string) => ({ AWS: `arn:aws:iam::${account}:root` });
const of = (provider: string) => ({ Federated: `arn:aws:iam::${OWN}:oidc-provider/${provider}` });
const github = of(GITHUB_HOST);
const SUB = `${GITHUB_HOST}:sub`;
const GITHUB_USERS = [`all identities of ${GITHUB_HOST}`];

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
  ['CloudFront', { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' }, {}, []],

  ['TLS', '*', { Bool: { 'aws:SecureTransport': 'true' } }, PUBLIC],
  ['the own account', '*', equals(ACCOUNT, OWN), []],
  ['the own account in other case', '*', { stringequals: { 'AWS:PRINCIPALACCOUNT': [OWN] } }, []],
  ['another account', '*', equals(ACCOUNT, FOREIGN), OTHER],
  ['two accounts', '*', equals(ACCOUNT, [OWN, FOREIGN]), OTHER],
  ['the account of the resource', '*', equals(ACCOUNT, '${aws:ResourceAccount}'), []],
  ['a pattern of accounts', '*', like(ACCOUNT, '1*'), PUBLIC],
  ['an organization', '*', equals('aws:PrincipalOrgID', 'o-abc'), ['all accounts of the organization o-abc']],
  ['any organization', '*', like('aws:PrincipalOrgID', '*'), PUBLIC],
  ['an optional organization', '*', optional('aws:PrincipalOrgID', 'o-abc'), PUBLIC],
  ['an endpoint', '*', equals('aws:SourceVpce', 'vpce-1'), []],
  ['any endpoint', '*', like('aws:SourceVpce', 'vpce-*'), PUBLIC],
  ['an address', '*', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '192.0.2.9'] } }, []],
  ['all addresses', '*', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, PUBLIC],
  ['all addresses in halves', '*', { IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } }, PUBLIC],
  ['all except an address', '*', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, PUBLIC],
  ['a user name, which any account can use', '*', equals('aws:username', 'admin'), PUBLIC],
  ['a tag, which any account can use', '*', equals('aws:PrincipalTag/team', 'a'), PUBLIC],
  ['ForAllValues without a required key', '*', forAll, PUBLIC],
  ['ForAllValues with a required key', '*', { ...forAll, Null: { [ACCOUNT]: 'false' } }, []],
  ['no account', '*', { Null: { [ACCOUNT]: 'true' } }, PUBLIC],
  ['any account', '*', { Null: { [ACCOUNT]: 'false' } }, PUBLIC],

  ['a service', lambda, {}, LAMBDA],
  ['a service for the own account', lambda, equals(SOURCE_ACCOUNT, OWN), []],
  ['a service for own functions', lambda, arnLike('aws:SourceArn', `arn:aws:lambda:*:${OWN}:function:*`), []],
  ['a service that encrypts an own queue', lambda, equals(ENCRYPTED_QUEUE, queueOf(OWN)), []],
  ['a service that encrypts any queue', lambda, like(ENCRYPTED_QUEUE, queueOf('*')), LAMBDA],
  ['everyone with an encryption context', '*', equals(ENCRYPTED_QUEUE, queueOf(OWN)), PUBLIC],
  ['a service for a bucket', lambda, arnLike('aws:SourceArn', 'arn:aws:s3:::my-bucket'), []],
  ['a service for any bucket', lambda, arnLike('aws:SourceArn', 'arn:aws:s3:::*'), LAMBDA],
  ['a service for any resource', lambda, arnLike('aws:SourceArn', '*'), LAMBDA],
  ['a service for any account', lambda, arnLike('aws:SourceArn', 'arn:aws:lambda:*:*:*'), LAMBDA],
  ['a service for all accounts except one', lambda, unless(SOURCE_ACCOUNT, '2'), LAMBDA],
  ['a service with an optional account', lambda, optional(SOURCE_ACCOUNT, OWN), LAMBDA],
  ['a service with the own account as external ID', lambda, equals('sts:ExternalId', OWN), []],
  ['a service for a foreign account', lambda, equals(SOURCE_ACCOUNT, FOREIGN), OTHER],

  ['all repositories', github, like(SUB, '*'), GITHUB_USERS],
  ['all repositories by another pattern', github, like(SUB, 'repo:*'), GITHUB_USERS],
  ['owners with a prefix', github, like(SUB, 'repo:acme*'), GITHUB_USERS],
  ['one owner and all owners', github, like(SUB, ['repo:acme/*', 'repo:*']), GITHUB_USERS],
  ['one owner', github, like(SUB, 'repo:acme/*'), []],
  ['one branch', github, equals(SUB, 'repo:acme/app:ref:refs/heads/main'), []],
  ['all repositories except one', github, unless(SUB, 'repo:acme/app'), GITHUB_USERS],
  ['an optional repository', github, optional(SUB, 'repo:acme/app'), GITHUB_USERS],
  ['the common audience', github, equals(`${GITHUB_HOST}:aud`, 'sts.amazonaws.com'), GITHUB_USERS],
  ['a service account of a cluster', of(EKS), equals(`${EKS}:sub`, 'system:serviceaccount:a:b'), []],
  ['one pool of Cognito', { Federated: COGNITO }, equals(`${COGNITO}:aud`, 'us-east-1:1'), []],
  ['Google', { Federated: 'accounts.google.com' }, {}, ['all identities of accounts.google.com']],
  ['the own directory', { Federated: `arn:aws:iam::${OWN}:saml-provider/x` }, {}, []],
  ['a foreign directory', { Federated: `arn:aws:iam::${FOREIGN}:saml-provider/x` }, {}, OTHER],
])('A statement for %s allows the expected external principals.', (_, principal, condition, who) => {
  expect(principalsOf(principal, condition)).toEqual(who);
});

const deny = (condition: object, more: object = {}) => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: '*',
  Condition: condition,
  ...more,
});
const others = unless(ACCOUNT, OWN);

test.each<[string, object, string[]]>([
  ['all other accounts', deny(others), []],
  ['all other accounts by ARN', deny({ ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${OWN}:*` } }), []],
  ['NotPrincipal', deny({}, { Principal: undefined, NotPrincipal: root(OWN) }), []],
  ['plain HTTP', deny({ Bool: { 'aws:SecureTransport': 'false' } }), PUBLIC],
  ['other accounts with a required key', deny({ ...others, Null: { [ACCOUNT]: 'false' } }), PUBLIC],
  ['another action', deny(others, { Action: 's3:PutObject' }), PUBLIC],
  // ForAnyValue does not match a request without the key.
  ['any value of other accounts', deny({ 'ForAnyValue:StringNotEquals': { [ACCOUNT]: OWN } }), PUBLIC],
  ['another account', deny(equals(ACCOUNT, '9')), PUBLIC],
])('A Deny statement for %s limits an Allow statement for everyone.', (_, denial, who) => {
  expect(principalsOf('*', {}, denial)).toEqual(who);
});

test('In a plan without an account, every account is external.', () => {
  const [statement] = parsePolicy(JSON.stringify({ Statement: { Effect: 'Allow', Principal: root(OWN) } }))!;
  expect(externalPrincipals(statement!, [statement!], new Set())).toMatchObject([{ kind: 'account' }]);
});
