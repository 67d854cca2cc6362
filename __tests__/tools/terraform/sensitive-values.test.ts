import { attributeChanges } from '../../../tools/terraform/plan/attribute-diff';
import { readPlan } from '../../../tools/terraform/plan/plan-format';
import { renderReview, reviewPlans } from '../../../tools/plan-review/review';
import { SHORTEST_REPEATED } from '../../../tools/terraform/plan/sensitive-values';
import { NOW, planOf, reviewOf, textOf, type Change } from '../plan-review/plan-of';
import { changesOf } from '../../../tools/policy/configuration';
import { findingsIn } from '../../../tools/policy/gate';
import { randomPlan } from '../plan-review/random-plan';

describe('A plan with marked values', () => {
  test('is read with all values on request.', () => {
    const before = { bucket: 'code-name' };
    const change = { actions: ['delete'], before, before_sensitive: { bucket: true } };
    const resource = { address: 'aws_s3_bucket.a', type: 'aws_s3_bucket', name: 'a', change };
    const text = JSON.stringify({ format_version: '1.2', resource_changes: [resource] });
    expect(readPlan(text, 'x.json').changes[0]?.before).toEqual({ bucket: '(hidden)' });
    expect(readPlan(text, 'x.json', { inClear: true }).changes[0]?.before).toEqual(before);
  });

  test('shows none of them, has the counts of Terraform, and has the same review each time.', async () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const { document, marked } = randomPlan(seed);
      const json = JSON.stringify(document);
      const review = async () => renderReview(await reviewPlans([readPlan(json, 'random.json')], NOW)).text;
      const text = await review();
      const leaked = marked.filter((value) => text.includes(value));
      expect({ seed, leaked }).toEqual({ seed, leaked: [] });
      const actions = document.resource_changes.map(({ change }) => change.actions);
      const number = (action: string) => actions.filter((list) => list.includes(action)).length;
      const counts = `${number('create')} to add, ${number('update')} to change, ${number('delete')} to destroy`;
      expect(text).toContain(counts);
      // Only some, to save time.
      if (seed % 10 > 0) continue;
      expect(await review()).toBe(text);
      const findings = findingsIn(changesOf(readPlan(json, 'random.json', { inClear: true })));
      expect(marked.filter((value) => JSON.stringify(findings).includes(value))).toEqual([]);
    }
  }, 300_000);
});

const SECRET = 'correct-horse-battery';

describe('A mark', () => {
  test.each<[string, Change]>([
    ['before', { before: { x: SECRET }, after: { x: `${SECRET}2` }, before_sensitive: { x: true } }],
    ['after', { before: { x: SECRET }, after: { x: `${SECRET}2` }, after_sensitive: { x: true } }],
    ['on all attributes', { before: { x: 'a' }, after: { x: SECRET }, after_sensitive: true }],
    [
      'in a list',
      { before: { x: ['a'] }, after: { x: ['a', SECRET] }, after_sensitive: { x: [false, true] } },
    ],
    [
      'in a list of blocks',
      {
        before: { x: [{ y: 1 }] },
        after: { x: [{ y: 1, z: { w: SECRET } }] },
        after_sensitive: { x: [{ z: { w: true } }] },
      },
    ],
    ['on a map', { before: { x: {} }, after: { x: { [SECRET]: '1' } }, after_sensitive: { x: true } }],
    ['on a number', { before: { x: 1 }, after: { x: 8_675_309 }, after_sensitive: { x: true } }],
  ])('%s hides both sides.', async (_, change) => {
    const text = await textOf([change]);
    expect(text).not.toMatch(new RegExp(`${SECRET}|8675309`));
    expect(text).toContain('(hidden)');
  });

  test('on an output hides its value in resources.', async () => {
    const output = { actions: ['update'], before: 'a', after: SECRET, after_sensitive: true };
    const change = { before: { x: 'a' }, after: { x: `x-${SECRET}-y` } };
    expect(await textOf([change], { output_changes: { o: output } })).toContain('x-(hidden)#2-y');
  });
});

describe('A marked value in other places', () => {
  const marked = (value: string): Change => ({
    name: 'Marked',
    before: { x: '' },
    after: { x: value },
    after_sensitive: { x: true },
  });

  test.each<[string, (value: string) => Change]>([
    ['as a whole text', (value) => ({ before: { y: 'a' }, after: { y: value } })],
    ['in a longer text', (value) => ({ before: { y: 'a' }, after: { y: `arn:aws:s3:::${value}/*` } })],
    ['in JSON', (value) => ({ before: { y: '{}' }, after: { y: JSON.stringify({ a: [value] }) } })],
    [
      'in JSON within JSON',
      (value) => ({ before: { y: '{}' }, after: { y: JSON.stringify({ a: JSON.stringify({ b: value }) }) } }),
    ],
    ['as a key', (value) => ({ before: { tags: {} }, after: { tags: { [value]: '1' } } })],
    ['in an address', (value) => ({ address: `aws_s3_bucket.a["${value}"]`, before: {}, after: { y: '1' } })],
  ])('%s is hidden.', async (_, repeat) => {
    for (const value of [SECRET, 'a "quoted"\nvalue', 'less < more & so on']) {
      const text = await textOf([marked(value), { name: 'Other', ...repeat(value) }]);
      expect(text).not.toContain(value.slice(3, 15));
    }
  });

  test('is hidden in addresses and messages of actions, outputs and checks.', async () => {
    const text = await textOf([marked(SECRET)], {
      action_invocations: [{ address: `action.a.b["${SECRET}"]` }],
      output_changes: { [SECRET]: { actions: ['create'] } },
      checks: [
        {
          address: { to_display: `check.a["${SECRET}"]` },
          status: 'fail',
          instances: [{ problems: [{ message: `${SECRET} is old` }] }],
        },
      ],
    });
    expect(text).not.toContain(SECRET);
    expect(text.match(/\(hidden\)/g)).toHaveLength(6);
  });

  test('is hidden with the white space of a provider.', async () => {
    const change = (y: string): Change => ({ name: 'Other', before: { y: 'a' }, after: { y } });
    const json = '{ "Statement": [ { "Action": "s3:GetObject" } ] }';
    expect(await textOf([marked(json), change(JSON.stringify(JSON.parse(json)))])).not.toContain(
      's3:GetObject',
    );
    expect(await textOf([marked(`${SECRET}\n`), change(`x ${SECRET} y`)])).not.toContain(SECRET);
  });

  test('is hidden with the escapes of Go.', async () => {
    const change = { name: 'Other', before: { y: 'a' }, after: { y: '"less \\u003c more \\u0026 so on"' } };
    expect(await textOf([marked('less < more & so on'), change])).not.toContain('more');
  });

  test(`is hidden in other texts when it has at least ${SHORTEST_REPEATED} characters.`, async () => {
    const [short, long] = ['x'.repeat(SHORTEST_REPEATED - 1), 'y'.repeat(SHORTEST_REPEATED)];
    const other = (value: string): Change => ({ name: 'O', before: { z: 'a' }, after: { z: `<${value}>` } });
    expect(await textOf([marked(short), other(short)])).toContain(`<${short}>`);
    expect(await textOf([marked(long), other(long)])).toContain('<(hidden)>');
  });
});

describe('Hidden values', () => {
  test('show whether they change.', () => {
    const [before, after] = ['one', 'two'].map((a) => ({ a, b: 'same' }));
    const [change] = planOf([{ before, after, before_sensitive: { a: true, b: true } }]).changes;
    expect(attributeChanges(change!)).toEqual([{ path: ['a'], before: '(hidden)', after: '(hidden)#3' }]);
  });

  const everything = '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
  const expiring = (days: number) => ({ rule: [{ id: 'a', expiration: [{ days }] }] });

  test.each<[type: string, attribute: string, before: object, after: object | null, string]>([
    ['aws_s3_bucket', 'force_destroy', { bucket: 'b', force_destroy: false }, null, 'loses data'],
    [
      'aws_cloudwatch_log_group',
      'retention_in_days',
      { retention_in_days: 30 },
      { retention_in_days: 7 },
      'may lose data',
    ],
    ['aws_s3_bucket_lifecycle_configuration', 'rule', expiring(9), expiring(3), 'may lose data'],
    [
      'aws_iam_role_policy',
      'policy',
      { role: 'r', policy: '{"Statement":[]}' },
      { role: 'r', policy: everything },
      'not comparable',
    ],
    [
      'aws_security_group',
      'ingress',
      { ingress: [{ cidr_blocks: ['10.0.0.0/8'] }] },
      { ingress: [] },
      'network opened',
    ],
  ])('are checked strictly: %s, %s.', async (type, attribute, before, after, summary) => {
    const actions = [after === null ? 'delete' : 'update'];
    const marks = { before_sensitive: { [attribute]: true } };
    expect((await reviewOf([{ type, actions, before, after, ...marks }])).summary).toContain(summary);
  });
});
