import { findLosses } from '../../../tools/data-loss/data-loss';
import { renderPlan } from '../../../tools/deploy/plan-summary';
import { code } from '../../../tools/plan-review/markdown';
import { renderReview, reviewPlans } from '../../../tools/plan-review/review';
import { readPlan } from '../../../tools/terraform/plan/plan-format';
import { NOW, reviewOf, textOf, type Change } from './plan-of';
import { randomPlan } from './random-plan';
import { render } from './rendered';

const HOSTILE = [
  'a`b``c',
  'x | y | z',
  'trailing\\',
  '\\|',
  '<script>alert(1)</script>',
  '</code></details><img src=x onerror=alert(1)>',
  '@octocat please merge',
  '#1 and owner/repo#2',
  'line\n\n# heading\n- list\n```\nfence',
  '[link](https://example.com) ![x](https://example.com/x.png)',
  '\u202Eevil\u200B',
  '~~~',
  '$x$ :tada: $$x$$',
  '\\![evil](https://evil.example/a.png) &#64;octocat &commat;octocat',
  'a|www.evil.example|joe@evil.example',
  'x``` `` ` evil',
  '`',
  'click A href "https://evil.example" _blank',
  '%%{init: {"securityLevel":"loose"}}%%',
  'fixes #1, evil/payments#7, GH-3',
  '[1]: https://evil.example/ref',
  '$\\href{https://evil.example}{x}$',
  '<!-- evil',
  '**Summary:** evil',
];

describe.each(HOSTILE)('A plan with the text %j', (text) => {
  const changes: Change[] = [
    {
      name: text,
      address: `aws_s3_bucket.${text}`,
      before: { bucket: text, acl: 'a' },
      after: { bucket: text, acl: text },
    },
    { type: `aws_${text}`, actions: ['delete'], before: { name: text } },
    {
      type: 'aws_scheduler_schedule',
      before: { name: text, schedule_expression: text },
      after: { name: text, schedule_expression: 'rate(1 day)' },
    },
    {
      type: 'aws_iam_role_policy',
      before: { role: text },
      after: {
        role: text,
        policy: JSON.stringify({ Statement: { Effect: 'Allow', Action: text, Resource: text } }),
      },
    },
    {
      type: 'aws_sfn_state_machine',
      before: { name: text, definition: '{}' },
      after: {
        name: text,
        definition: JSON.stringify({ StartAt: text, States: { [text]: { Type: 'Pass', Next: `${text}2` } } }),
      },
    },
    {
      type: 'aws_security_group',
      before: {},
      after: { name: text, ingress: [{ cidr_blocks: [text], protocol: text }] },
    },
    { type: 'random_thing', provider_name: text, actions: ['create'], before: null, after: { name: text } },
  ];

  test('is reviewed with the text only as code.', async () => {
    expectHarmless(await textOf(changes));
  });
});

test('Random plans with such texts are reviewed with the texts only as code.', async () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const hostile = HOSTILE[seed % HOSTILE.length]!;
    const { document } = randomPlan(seed, (text) => `${hostile}${text}`);
    const plan = readPlan(JSON.stringify(document), `${hostile}.json`);
    expectHarmless(renderReview(await reviewPlans([plan], NOW)).text);
  }
});

/** Texts of the plan are only in code, which they do not end. */
function expectHarmless(markdown: string): void {
  expect(markdown).not.toMatch(/[\u200B\u202E]/);
  const { prose, links, html, fences, tables } = render(markdown);
  expect(prose).not.toMatch(
    /octocat|script|onerror|evil|heading|:tada:|~~~|#1|GH-3|[\u200B\u202E]|@|https?:|www\./,
  );
  expect(links).toBe(0);
  for (const line of html)
    expect(line).toMatch(/^(<details><summary>(details|diagram)<\/summary>|<\/details>|)$/);
  for (const { info, text: diagram } of fences) {
    expect(info).toBe('mermaid');
    expectDiagram(diagram);
  }
  for (const rows of tables) expect(new Set(rows).size).toBe(1);
}

/** A state, an arrow, or a style; L stands for a label. */
const MERMAID =
  /^(flowchart TD| {2}(s\d+\(\([▶■]\)\)|s\d+\[L\](:::\w+)?|s\d+ -\.?->(\|L\|)? (s\d+|missing\[L\])|(linkStyle|classDef) [\w:#, -]+))$/;

function expectDiagram(text: string): void {
  for (const line of text.trim().split('\n')) {
    const labels = [...line.matchAll(/"([^"]*)"/g)].map(([, label = '']) => label.replace('<br/>', ''));
    expect(line.replaceAll(/"[^"]*"/g, 'L')).toMatch(MERMAID);
    for (const label of labels) expect(label).not.toMatch(/[\\`{}<>@$%&*[\]|]|:\/\//);
  }
}

describe('Code', () => {
  test('cuts a value of 100 KB and shows its length.', () => {
    const shown = code('x'.repeat(100_000));
    expect(shown.length).toBeLessThan(400);
    expect(shown).toContain('100,000 characters');
  });

  test('shows empty and blank texts.', () => {
    expect([code(''), code('  ')]).toEqual(['(empty)', '(blank)']);
  });
});

test('The review accepts resources with unknown values.', async () => {
  const types = [
    'aws_s3_bucket',
    'aws_iam_role_policy',
    'aws_sfn_state_machine',
    'aws_scheduler_schedule',
    'aws_kms_key',
    'aws_lambda_permission',
  ];
  const rest = { after: {}, after_unknown: { name: true, policy: true, definition: true } };
  const { summary } = await reviewOf(
    types.flatMap((type): Change[] => [
      { type, actions: ['create'], before: null, ...rest },
      { type, name: 'B', actions: ['delete', 'create'], before: { name: 'x' }, ...rest },
      { type, name: 'C', before: { policy: '{}', definition: '{}' }, ...rest },
    ]),
  );
  expect(summary).toContain('6 to replace');
  expect(summary).toContain('not comparable');
  expect(summary).toContain('workflow cannot be checked');
});

test('The review reports that the data of another provider is unknown.', async () => {
  expect(
    await textOf([{ type: 'postgresql_database', actions: ['delete'], before: { name: 'db' } }]),
  ).toContain('another provider than AWS');
});

describe('A plan of 2,000 resources', () => {
  const many = Array.from({ length: 2000 }, (_, index): Change => ({
    name: `B${index}`,
    actions: index % 10 === 0 ? ['delete', 'create'] : ['update'],
    before: { bucket: `bucket-${index}`, acl: 'private', force_destroy: true, tags: { a: '1' } },
    after: { bucket: `bucket-${index}-new`, acl: 'public', force_destroy: true, tags: { a: '2' } },
    replace_paths: [['bucket']],
  }));

  test('fits into a comment with the riskiest changes first and the number of omitted details.', async () => {
    const { text, leftOut } = renderReview(await reviewOf(many), 65_000);
    expect(text.length).toBeLessThanOrEqual(65_000);
    expect(text).toContain('**200 resources lose data**');
    expect(text).toContain('bucket-0');
    expect(text).toMatch(/\d+ more omitted to fit/);
    expect(leftOut).toBeGreaterThan(1000);
    expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
  });

  test('is complete in the full report.', async () => {
    const { text, leftOut } = renderReview(await reviewOf(many));
    expect(leftOut).toBe(0);
    expect(text).toContain('bucket-1999');
  });
});

describe.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
  'A plan with the name %s, a property of every JavaScript object,',
  (name) => {
    const machine = (states: object): string =>
      JSON.stringify({
        StartAt: name,
        States: Object.fromEntries([...Object.entries(states), ['A', { Type: 'Pass', Next: name }]]),
      });
    const policy = (...actions: string[]): string =>
      JSON.stringify({ Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });

    test('is reviewed as with any other name.', async () => {
      const text = await textOf([
        {
          type: 'aws_iam_role_policy',
          before: { role: 'r', policy: policy() },
          after: { role: 'r', policy: policy(`${name}:x`, `s3:${name}`, `${name}:*`, `${name}:a*`, name) },
        },
        {
          type: 'aws_sfn_state_machine',
          before: { name: 'm', definition: machine({}) },
          after: { name: 'm', definition: machine({ B: { Type: 'Pass', End: true } }) },
        },
        { type: name, name, actions: ['delete'], before: { name }, after: null },
        { type: `aws_${name}`, before: JSON.parse(`{"x":{}}`), after: JSON.parse(`{"x":{"${name}":"now"}}`) },
        {
          type: 'aws_x',
          before: { tags: {} },
          after: JSON.parse(`{"tags":{"${name}":"1"},"tags_all":{"${name}":"1"}}`),
        },
      ]);
      expect(text).toContain(`| \`x.${name}\` |  | \`now\` |`);
      expect(text).not.toMatch(/native code|\[object/);
      expect(text).toContain(`\`${name}:x\``);
    });

    test('has an unknown loss and no reason.', () => {
      const change: Parameters<typeof renderPlan>[1][number] = {
        address: 'x.y',
        type: name,
        kind: 'replace',
        reason: name,
        forcedBy: [],
        before: {},
        after: {},
      };
      expect(findLosses([change]).get(change)).toMatchObject([{ reason: 'unknown' }]);
      expect(renderPlan('s', [change], () => undefined)).not.toContain('native code');
    });
  },
);
