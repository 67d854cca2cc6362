import { countPlan, type PlanSummary, renderSummary } from '../../../tools/plan/summary';
import { planOf } from '../plan-review/plan-of';

test('The summary counts resources by kind of change; a read counts as unchanged.', () => {
  const kinds = [
    ['create'],
    ['update'],
    ['update'],
    ['create', 'delete'],
    ['delete'],
    ['forget'],
    ['read'],
    ['no-op'],
  ];
  const plan = planOf(kinds.map((actions, index) => ({ name: `R${index}`, actions })));
  expect(countPlan(plan)).toEqual({
    import: 0,
    add: 1,
    change: 2,
    replace: 1,
    destroy: 1,
    forget: 1,
    move: 0,
    unchanged: 2,
  });
});

const summary: PlanSummary = {
  target: 'stage dev in a private local AWS, us-east-1',
  base: { ref: 'origin/main', commit: 'a'.repeat(40) },
  head: { commit: 'b'.repeat(40), uncommitted: 0 },
  stacks: [
    {
      name: 'covid',
      plan: 'covid.tfplan',
      json: 'covid.json',
      changes: { import: 0, add: 1, replace: 2, change: 3, destroy: 4, forget: 5, move: 6, unchanged: 7 },
    },
  ],
  dropped: [],
};

test('The summary has the base and the planned checkout.', () => {
  expect(renderSummary(summary)).toContain(
    'From origin/main (aaaaaaaaaaaa) to the working tree (bbbbbbbbbbbb)',
  );
  expect(renderSummary(summary)).toMatch(/covid +0 +1 +3 +2 +4 +5 +6 +7/);
  const dirty = renderSummary({ ...summary, head: { commit: 'b'.repeat(40), uncommitted: 1 } });
  expect(dirty).toContain('(bbbbbbbbbbbb and 1 uncommitted file)');
  expect(renderSummary({ ...summary, base: null, head: null })).toContain(
    'From the deployed stacks to this folder',
  );
});

test('The summary warns about a stack that is not in main.ts.', () => {
  expect(renderSummary(summary)).not.toContain('main.ts');
  expect(renderSummary({ ...summary, dropped: ['clicks'] })).toContain('The stack clicks is not in main.ts');
});
