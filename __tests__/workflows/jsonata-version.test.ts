import { version } from 'jsonata/package.json';
import { runWorkflow } from '../support/run-workflow';
import type { Definition } from '../../workflows/states-language';

const returning = (expression: string): Definition => ({
  Comment: 'One expression',
  QueryLanguage: 'JSONata',
  StartAt: 'End',
  TimeoutSeconds: 60,
  States: { End: { Type: 'Succeed', Output: `{% ${expression} %}` } },
});

const valueOf = async (expression: string): Promise<unknown> =>
  (await runWorkflow(returning(expression), { input: { list: [3, 1] } })).output;

test('JSONata has the version of Step Functions.', () => {
  expect(version).toBe('2.0.6');
});

test.each([
  ['$states.input.missing ?? 1', 'S0211'],
  ['$states.input.missing ?: 1', 'S0211'],
  ["$eval('1')", 'T1006'],
])('%s fails as on AWS.', async (expression, code) => {
  await expect(valueOf(expression)).rejects.toMatchObject({ code });
});

test('JSONata evaluates expressions like AWS.', async () => {
  expect(await valueOf('$exists($states.input.missing) ? 0 : $sum($states.input.list)')).toBe(4);
  expect(await valueOf('$hash("a", "SHA-256")')).toMatch(/^ca978112/);
});
