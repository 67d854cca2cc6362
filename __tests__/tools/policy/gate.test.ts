import { readPlan, type Plan } from '../../../tools/terraform/plan/plan-format';
import { changesOf, readConfiguration } from '../../../tools/policy/configuration';
import { EXCEPTIONS, type Exception } from '../../../tools/policy/exceptions';
import { findingsIn, checkPolicy, renderResult } from '../../../tools/policy/gate';
import { synthClicklogger, synthCovid } from '../../support/synth';
import { planOf as planWith } from '../plan-review/plan-of';

const configurations = (environment: Readonly<Record<string, string>>) => [
  readConfiguration(JSON.stringify(synthClicklogger(environment)), 'clicklogger'),
  readConfiguration(JSON.stringify(synthCovid(environment)), 'covid'),
];

const ALL_OPTIONS = {
  COVID_SCHEDULE: 'rate(1 day)',
  COVID_ON_UPLOAD: 'on',
  CLUSTER_CLOUDWATCH_LOGS: 'on',
  CUSTOMER_MANAGED_KEYS: 'on',
  ACCESS_LOGS: 'on',
  XRAY: 'on',
  LAKE_FORMATION: 'on',
  ALARM_EMAIL: 'a@example.com',
  NOTIFY_SUCCESS: 'on',
};

describe('The stacks', () => {
  test.each<[string, Record<string, string>]>([
    ['with the default settings', {}],
    ['of another stage, prefix and region', { STAGE: 'prod', APP_PREFIX: 'shop', AWS_REGION: 'eu-west-1' }],
    ['without Studio and encryption of disks', { STUDIO: 'off', CLUSTER_ENCRYPTION: 'off' }],
    ['with all options enabled', ALL_OPTIONS],
  ])('%s break no rule.', (_name, environment) => {
    expect(checkPolicy(configurations(environment), EXCEPTIONS).findings).toEqual([]);
  });

  test('use every exception.', () => {
    const { unused } = checkPolicy(configurations(ALL_OPTIONS), EXCEPTIONS);
    expect(unused.filter(({ onlyWith }) => !onlyWith?.startsWith('a plan'))).toEqual([]);
  });
});

const bad = readConfiguration(
  JSON.stringify({ resource: { aws_nat_gateway: { Way_Out_12345678: {} } } }),
  'covid',
);

const exception: Exception = {
  rule: 'no-nat',
  path: 'covid/Way/Out',
  reason: 'R',
  problem: 'aws_nat_gateway is billed by the hour',
};

describe('An exception', () => {
  const noTags = (findings: readonly { rule: string }[]) => findings.filter(({ rule }) => rule !== 'tags');

  test('allows only its finding.', () => {
    expect(noTags(checkPolicy([bad], [exception]).findings)).toEqual([]);
    for (const other of [
      { rule: 'no-way-in' },
      { path: 'clicklogger/Way/Out' },
      { statement: 'S' },
      { problem: 'p' },
    ]) {
      expect(noTags(checkPolicy([bad], [{ ...exception, ...other }]).findings)).toHaveLength(1);
    }
  });

  test.each<[string, readonly string[], number]>([
    ['its actions', ['elasticmapreduce:ListClusters'], 0],
    ['more actions', ['elasticmapreduce:ListClusters', 'elasticmapreduce:TerminateJobFlows'], 1],
    ['other actions', ['s3:GetObject'], 1],
  ])('applies to a statement with its Sid and %s as expected.', (_, Action, expected) => {
    const Statement = [{ Sid: 'ListClusters', Effect: 'Allow', Action, Resource: '*' }];
    const policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const metadata = { path: 'covid/NotifierRole/Policy' };
    const resource = { aws_iam_role_policy: { Policy: { role: 'r', policy, '//': { metadata } } } };
    const { findings } = checkPolicy([readConfiguration(JSON.stringify({ resource }), 'covid')], EXCEPTIONS);
    expect(findings.filter(({ rule }) => rule === 'wildcard-resource')).toHaveLength(expected);
  });

  test('without a finding is reported.', () => {
    const result = checkPolicy([], [exception]);
    expect(result.unused).toEqual([exception]);
    expect(renderResult(result)).toContain('unused exception: no-nat for covid/Way/Out');
  });

  test('applies to its resource in a plan of its stack only.', () => {
    const inPlan = (stack: string) => changesOf(planOf(stack, 'create'));
    expect(checkPolicy([inPlan('covid')], [exception]).findings).toEqual([]);
    expect(checkPolicy([inPlan('clicklogger')], [exception]).findings).toHaveLength(1);
  });
});

function planOf(stack: string, kind: 'create' | 'no-op' | 'delete'): Plan {
  const [before, after] = [kind === 'create' ? null : {}, kind === 'delete' ? null : {}];
  const change = { type: 'aws_nat_gateway', name: 'Way_Out_12345678', actions: [kind], before, after };
  return { ...planWith([change]), stack };
}

test('The gate checks sensitive values of a plan and hides them.', () => {
  const statement = { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::code-name-of-it/*' };
  const after = { role: 'r', name: 'code-name-of-it', policy: JSON.stringify({ Statement: [statement] }) };
  const change = { actions: ['create'], after, after_sensitive: { name: true } };
  const address = 'aws_iam_role_policy.p["code-name-of-it"]';
  const resource = { address, type: 'aws_iam_role_policy', name: 'p', mode: 'managed', change };
  const text = JSON.stringify({ format_version: '1.2', resource_changes: [resource] });
  const changes = changesOf(readPlan(text, 'covid.json', { inClear: true }));
  const findings = findingsIn(changes);
  expect(findings.map(({ rule }) => rule)).toContain('wildcard-action');
  expect(findings[0]?.path).toBe('aws_iam_role_policy.p["(hidden)"]');
  expect(JSON.stringify(findings)).not.toContain('code-name');
});

test('The gate checks created resources of a plan, not unchanged or destroyed ones.', () => {
  const rulesBroken = (kind: 'create' | 'no-op' | 'delete') =>
    checkPolicy([changesOf(planOf('covid', kind))], []).findings.map(({ rule }) => rule);
  expect(rulesBroken('create')).toEqual(['no-nat']);
  expect([...rulesBroken('no-op'), ...rulesBroken('delete')]).toEqual([]);
});

test('The report of a finding shows rule, path, problem and advice.', () => {
  expect(renderResult(checkPolicy([bad], []))).toMatch(
    /✖ no-nat: The network has no resources that are billed by the hour\.\n {4}aws_nat_gateway.* reach AWS through gateway endpoints/,
  );
});
