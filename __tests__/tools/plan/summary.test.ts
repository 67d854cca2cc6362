import type { ChangeKind, Plan } from '../../../tools/terraform/plan-format';
import { countChanges, type PlanSummary, renderSummary } from '../../../tools/plan/summary';

const change = (kind: ChangeKind): Plan['changes'][number] => ({
  ...{ stack: 'covid', address: 'aws_x.y', type: 'aws_x', provider: '', kind },
  ...{ previousAddress: undefined, reason: undefined, forcedBy: [], before: {}, after: {}, unknown: {} },
});

const planOf = (...kinds: ChangeKind[]): Plan => ({
  ...{ stack: 'covid', terraformVersion: undefined, isComplete: true, drift: [], outputs: [] },
  changes: kinds.map(change),
});

it('counts resources by what happens to them; one that is forgotten or read does not change', () => {
  const kinds: ChangeKind[] = ['create', 'update', 'update', 'replace', 'delete', 'forget', 'read', 'no-op'];
  expect(countChanges(planOf(...kinds))).toEqual({
    create: 1,
    update: 2,
    replace: 1,
    delete: 1,
    unchanged: 3,
  });
});

const summary: PlanSummary = {
  target: 'stage dev in a local AWS of its own, us-east-1',
  base: { ref: 'origin/main', commit: 'a'.repeat(40) },
  head: { commit: 'b'.repeat(40), uncommitted: 0 },
  stacks: [
    {
      ...{ name: 'covid', plan: 'covid.tfplan', json: 'covid.json' },
      changes: { create: 1, replace: 2, update: 3, delete: 4, unchanged: 5 },
    },
  ],
  dropped: [],
};

it('names what was compared with what', () => {
  expect(renderSummary(summary)).toContain(
    'From origin/main (aaaaaaaaaaaa) to the working tree (bbbbbbbbbbbb)',
  );
  expect(renderSummary(summary)).toMatch(/covid +1 +2 +3 +4 +5/);
  const dirty = renderSummary({ ...summary, head: { commit: 'b'.repeat(40), uncommitted: 1 } });
  expect(dirty).toContain('(bbbbbbbbbbbb and 1 uncommitted file)');
  expect(renderSummary({ ...summary, base: null, head: null })).toContain(
    'From what is deployed to this folder',
  );
});

it('warns of a stack that main.ts no longer makes', () => {
  expect(renderSummary(summary)).not.toContain('gone');
  expect(renderSummary({ ...summary, dropped: ['clicks'] })).toContain(
    'The stack clicks is gone from main.ts',
  );
});
