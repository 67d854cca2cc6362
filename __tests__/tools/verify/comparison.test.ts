import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { differencesBetween } from '../../../tools/verify/comparison';
import { temporaryFolder } from '../../support/temporary-folder';

const entered = (name: string, afterMs: number) => ({
  type: 'TaskStateEntered',
  afterMs,
  stateEnteredEventDetails: { name, input: '{}' },
});

const succeeded = (details: object = { output: '{}' }) => ({
  type: 'ExecutionSucceeded',
  afterMs: 9_000,
  executionSucceededEventDetails: details,
});

const run = (history: readonly object[], more: object = {}) => ({ status: 'SUCCEEDED', history, ...more });

/** A folder with the recording of one scenario and other files. */
function folderWith(...executions: readonly object[]): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'report.json'), JSON.stringify({ scenario: 'report', executions }));
  writeFileSync(join(folder, 'events.json'), '[]');
  return folder;
}

describe('Two recordings', () => {
  const recorded = folderWith(run([entered('Poll', 10), succeeded()]));

  test('are equal if one has more polls and a longer duration.', () => {
    const here = folderWith(run([entered('Poll', 1), entered('Poll', 9), entered('Poll', 17), succeeded()]));
    expect(differencesBetween(recorded, here)).toEqual([]);
  });

  test.each([
    [
      'another status',
      run([entered('Poll', 1), succeeded()], { status: 'FAILED' }),
      'status: SUCCEEDED recorded, FAILED here',
    ],
    [
      'another error',
      run([entered('Poll', 1), succeeded()], { error: 'Late' }),
      'error: undefined recorded, Late here',
    ],
    [
      'another state',
      run([entered('Ask', 1), succeeded()]),
      'TaskStateEntered Poll → ExecutionSucceeded recorded',
    ],
    [
      'a missing event',
      run([succeeded()]),
      'events: TaskStateEntered Poll → ExecutionSucceeded recorded, ExecutionSucceeded here',
    ],
    [
      'an additional member',
      run([entered('Poll', 1), succeeded({ output: '{}', outputDetails: {} })]),
      'members of ExecutionSucceeded: output recorded, output, outputDetails here',
    ],
  ])('are different with %s.', (_, execution, text) => {
    expect(differencesBetween(recorded, folderWith(execution)).join('\n')).toContain(text);
  });

  test('differ in the number of executions.', () => {
    const two = folderWith(run([succeeded()]), run([succeeded()]));
    expect(differencesBetween(recorded, two)).toEqual(['report: 1 executions recorded, 2 here']);
  });
});
