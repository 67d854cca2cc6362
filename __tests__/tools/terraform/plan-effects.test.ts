import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changesAnything, countChanges, terraformCounts } from '../../../tools/terraform/plan/plan-effects';
import { readPlan, type Plan } from '../../../tools/terraform/plan/plan-format';
import { reviewPlans } from '../../../tools/plan-review/review';
import { NOW, planOf, reviewOf, textOf } from '../plan-review/plan-of';

const PLANS = join(__dirname, '../../fixtures/plans');
const MADE = join(PLANS, 'made-by-terraform');

const read = (folder: string, name: string): Plan =>
  readPlan(readFileSync(join(folder, `${name}.json`), 'utf8'), `${name}.json`);

/** The output of Terraform 1.11.4 after "Plan: "; Terraform prints no such line when only outputs change. */
const NOTHING = '0 to add, 0 to change, 0 to destroy';
const PRINTED: Readonly<Record<string, string>> = {
  'create-before-destroy': '1 to add, 0 to change, 1 to destroy',
  everything: '1 to import, 3 to add, 1 to change, 2 to destroy',
  'failed-check': NOTHING,
  forget: NOTHING,
  'import-and-change': '1 to import, 0 to add, 1 to change, 0 to destroy',
  'moved-and-changed': '0 to add, 1 to change, 0 to destroy',
  'moved-only': NOTHING,
  'no-change': NOTHING,
  'outputs-only': NOTHING,
  'sensitivity-only': '0 to add, 1 to change, 0 to destroy',
};

describe('A plan of Terraform', () => {
  test('has its line in this test.', () => {
    const names = readdirSync(MADE).map((file) => file.replace(/\.json$/, ''));
    expect(names.sort()).toEqual(Object.keys(PRINTED).sort());
  });

  test.each(Object.entries(PRINTED))('%s is counted as Terraform counts it: %s.', async (name, line) => {
    const plan = read(MADE, name);
    expect(terraformCounts(countChanges(plan.changes))).toBe(line);
    expect((await reviewPlans([plan], NOW)).foot).toContain(`Terraform \`1.11.4\`: ${line}`);
  });

  test.each([
    ...Object.keys(PRINTED).map((name) => [MADE, name] as const),
    ...['import-only-real', 'moved-only-real', 'forget-only-real', 'real-import-sensitive-check'].map(
      (name) => [PLANS, name] as const,
    ),
  ])('in %s, %s is applied when Terraform marks it as applyable.', (folder, name) => {
    const { applyable } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as {
      applyable: boolean;
    };
    expect(changesAnything(read(folder, name))).toBe(applyable);
  });
});

test('The summary has the outputs when only outputs change.', async () => {
  const outputs = { output_changes: { url: { actions: ['update'], before: 'a', after: 'b' } } };
  expect((await reviewOf([], outputs)).summary).toBe('only outputs: 1 to change');
});

describe('A resource that Terraform forgets', () => {
  const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'a' };
  const before = { role: 'job', policy: JSON.stringify({ Statement: [statement] }) };
  const bucket = { bucket: 'team-logs', force_destroy: true };

  test('loses no data and no permissions.', async () => {
    const { summary, sections } = await reviewOf([
      { type: 'aws_iam_role_policy', actions: ['forget'], before, after: null },
      { type: 'aws_kms_key', actions: ['forget'], before: { id: 'k' }, after: null },
      { actions: ['forget'], before: bucket, after: null },
    ]);
    expect(summary).toBe('only the state changes, 3 to forget');
    expect(sections.map(({ title }) => title)).toEqual(["Terraform's state"]);
  });

  test.each([[['create', 'forget']], [['forget', 'create']]])(
    'for a new one (%j) does not change.',
    async (actions) => {
      const after = { bucket: 'team-logs-2' };
      const change = { actions, before: bucket, after, replace_paths: [['bucket']] };
      expect(
        planOf([change]).changes.map(({ kind, before: old, after: now }) => ({ kind, old, now })),
      ).toEqual([
        { kind: 'create', old: undefined, now: after },
        { kind: 'forget', old: bucket, now: bucket },
      ]);
      expect(await textOf([change])).toContain('1 resource no longer managed by Terraform, not destroyed');
    },
  );
});

test('The review shows invoked actions, deferred changes and failed checks as code.', async () => {
  const text = await textOf([], {
    action_invocations: [
      {
        address: 'action.aws_lambda_invoke.purge',
        lifecycle_action_trigger: {
          triggering_resource_address: 'aws_s3_bucket.`@octocat`',
          action_trigger_event: 'AfterUpdate',
        },
      },
    ],
    deferred_changes: [
      {
        reason: 'provider_config_unknown',
        resource_change: { address: 'aws_x.d', type: 'aws_x', name: 'd', change: { actions: ['delete'] } },
      },
    ],
    checks: [
      {
        address: { to_display: 'check.a' },
        status: 'fail',
        instances: [{ problems: [{ message: '@octocat, 3 days left' }] }],
      },
      { address: { to_display: 'check.b' }, status: 'error' },
      { address: { to_display: 'check.c' }, status: 'pass' },
      { address: { to_display: 'check.d' }, status: 'unknown' },
    ],
  });
  expect(text).toContain('**2 checks fail** (`check.a` and 1 more)');
  expect(text).toContain('- 🟥 `check.a`: `@octocat, 3 days left`');
  expect(text).toContain('- 🟥 `check.b`: could not be evaluated');
  expect(text).toContain(
    'invokes `action.aws_lambda_invoke.purge`: `AfterUpdate` of `` aws_s3_bucket.`@octocat` ``',
  );
  expect(text).toContain('- 🟧 deferred: delete of `aws_x.d` (`provider_config_unknown`)');
  expect(text).not.toMatch(/check\.[cd]/);
});

test('The review shows an empty attribute that is known after apply.', async () => {
  expect(await textOf([{ before: { x: '' }, after: {}, after_unknown: { x: true } }])).toContain(
    '| `x` |  | `(known after apply)` |',
  );
});
