import jsonata from 'jsonata';
import { EXECUTION_TAG_QUERY, executionOf, executionTag } from '../../../handlers/shared/execution-tag';

const EXECUTIONS = 'arn:aws:states:us-east-1:123456789012:execution:clicklogger-dev-state-machine:';

describe.each([
  ['run-1', 'run-1'],
  ['a=b+c@d.e_f', 'a=b+c@d.e_f'],
  ["ad-hoc!(it's)", 'ad-hoc_it_s_'],
  ['Zoë', 'Zo_'],
  ['日本', '_'],
  ['😀', '_'],
])('the tag of the execution %s', (name, value) => {
  const executionArn = EXECUTIONS + name;

  test('holds what a tag may hold', () => {
    expect(executionTag(executionArn)).toBe(EXECUTIONS + value);
  });

  test('is the same in the workflow', async () => {
    const states = { context: { Execution: { Id: executionArn } } };
    const evaluated: unknown = await jsonata(EXECUTION_TAG_QUERY).evaluate(null, { states });
    expect(evaluated).toBe(EXECUTIONS + value);
  });

  test('gives the execution back, with the name that it has given', () => {
    expect(executionOf(executionTag(executionArn), name)).toBe(executionArn);
  });
});

describe('What carries a tag', () => {
  test('is of the execution in the tag when its own name is another', () => {
    expect(executionOf(`${EXECUTIONS}run-1`, 'renamed')).toBe(`${EXECUTIONS}run-1`);
  });

  test('is of no execution without the tag', () => {
    expect(executionOf(undefined, 'run-1')).toBeUndefined();
  });
});
