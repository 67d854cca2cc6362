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
])('The tag of the execution %s', (name, value) => {
  const executionArn = EXECUTIONS + name;

  test('contains only allowed characters.', () => {
    expect(executionTag(executionArn)).toBe(EXECUTIONS + value);
  });

  test('is the same in the workflow.', async () => {
    const states = { context: { Execution: { Id: executionArn } } };
    const evaluated: unknown = await jsonata(EXECUTION_TAG_QUERY).evaluate(null, { states });
    expect(evaluated).toBe(EXECUTIONS + value);
  });

  test('is converted to the ARN of the execution with the name of the compute.', () => {
    expect(executionOf(executionTag(executionArn), name)).toBe(executionArn);
  });
});

test('The tag alone determines the execution when the compute has another name.', () => {
  expect(executionOf(`${EXECUTIONS}run-1`, 'renamed')).toBe(`${EXECUTIONS}run-1`);
  expect(executionOf(undefined, 'run-1')).toBeUndefined();
});
