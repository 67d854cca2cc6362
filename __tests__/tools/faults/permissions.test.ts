import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsSchema } from '../../../config/settings';
import { Decisions } from '../../../tools/faults/permissions/decisions';
import { explainedPermissions, REASONS } from '../../../tools/faults/permissions/reasons';
import { describePermission } from '../../../tools/faults/permissions/role-policies';
import { SETTINGS } from '../../../tools/faults/permissions/settings';
import { evaluate } from '../../../tools/faults/permissions/table';
import { rolePolicies } from '../../support/permissions';
import { synthClicklogger, synthCovid } from '../../support/synth';
import { temporaryFolder } from '../../support/temporary-folder';

/** Every action of every statement that the roles have with these settings. */
function permissionsWith(environment: Readonly<Record<string, string>>): Set<string> {
  const policies = [synthClicklogger(environment), synthCovid(environment)].flatMap((stack) =>
    Object.entries(rolePolicies(stack)),
  );
  return new Set(
    policies.flatMap(([role, { Statement }]) =>
      Statement.flatMap(({ Sid: sid, Action }) =>
        Action.map((action) => describePermission({ role, sid, action })),
      ),
    ),
  );
}

const all = permissionsWith(SETTINGS);

test('Every reason explains a permission of a role, and no permission has two reasons.', () => {
  const explained = explainedPermissions().map(describePermission);
  expect(explained.filter((permission) => !all.has(permission))).toEqual([]);
  expect(explained.filter((permission, index) => explained.indexOf(permission) !== index)).toEqual([]);
});

test('Every reason is a sentence and names its source.', () => {
  for (const { reason, source } of REASONS) {
    expect(reason.length).toBeGreaterThan(30);
    expect(source).toMatch(/^https:\/\//);
  }
});

/** Settings that are on or off, or that `off` turns off. */
const switches = Object.entries(settingsSchema.shape)
  .filter(([, schema]) => schema.safeParse('off').success && !schema.safeParse('nonsense').success)
  .flatMap(([name, schema]) =>
    ['on', 'off'].filter((value) => schema.safeParse(value).success).map((value) => [name, value] as const),
  );

test.each(switches)('%s=%s adds no untested permission to a role.', (name, value) => {
  expect([...permissionsWith({ [name]: value })].filter((permission) => !all.has(permission))).toEqual([]);
});

describe('The result for a permission', () => {
  const explained = explainedPermissions()[0] ?? { role: '', sid: '', action: '' };
  const other = { role: 'job', sid: 'Other', action: 's3:GetObject' };
  const resultOf = (permission: typeof other, seen: { neededBy?: string; problem?: string }) =>
    evaluate([{ ...permission, survived: [], ...seen }]).find(
      (one) => describePermission(one) === describePermission(permission),
    )?.result;

  test.each<[string, typeof other, { neededBy?: string; problem?: string }]>([
    ['needed', other, { neededBy: 'a job fails' }],
    ['left over', other, {}],
    ['left over', other, { problem: 'a timeout' }],
    ['reason', explained, {}],
    ['left over', explained, { neededBy: 'a job fails' }],
  ])('is "%s" for %j with the decision %j.', (result, permission, seen) => {
    expect(resultOf(permission, seen)).toBe(result);
  });

  test('is "left over" if the role no longer has the permission.', () => {
    const gone = evaluate([]).filter(({ result }) => result !== 'left over');
    expect(gone).toEqual([]);
    expect(evaluate([])).toHaveLength(explainedPermissions().length);
  });
});

test('Decisions are read incrementally, and an incomplete last line is deferred.', () => {
  const file = join(temporaryFolder(), 'decisions.jsonl');
  const line = (at: number): string =>
    JSON.stringify({ at, role: 'r', action: 's3:GetObject', resource: '*', allowed: true, statements: [] });
  writeFileSync(file, `${line(1)}\n${line(2).slice(0, 10)}`);
  const decisions = new Decisions(file);
  expect(decisions.since(0).map(({ at }) => at)).toEqual([1]);
  appendFileSync(file, `${line(2).slice(10)}\n`);
  expect(decisions.since(1500).map(({ at }) => at)).toEqual([2]);
});
