import { describeFailedRun, enteredStates } from '../../../tools/runs/execution';

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:machine:run';

it('lists the states that were entered, in order', () => {
  const at = new Date(0);
  const events = [
    { id: 1, type: 'ExecutionStarted' as const, timestamp: at },
    {
      id: 2,
      type: 'PassStateEntered' as const,
      timestamp: at,
      stateEnteredEventDetails: { name: 'ReadInput' },
    },
    {
      id: 3,
      type: 'PassStateExited' as const,
      timestamp: at,
      stateExitedEventDetails: { name: 'ReadInput' },
    },
    {
      id: 4,
      type: 'TaskStateEntered' as const,
      timestamp: at,
      stateEnteredEventDetails: { name: 'StartJob' },
    },
  ];
  expect(enteredStates(events).map(({ name }) => name)).toEqual(['ReadInput', 'StartJob']);
});

describe('a failed run', () => {
  it('tells error, cause and execution', () => {
    expect(describeFailedRun(ARN, 'FAILED', 'JobRunFailed', 'no such table\nsee the log')).toBe(
      `The execution ended FAILED: JobRunFailed\n  no such table\n  see the log\n  execution ${ARN}`,
    );
  });

  it('lays a JSON cause out', () => {
    expect(describeFailedRun(ARN, 'FAILED', 'X', '{"reason":"disk"}')).toContain(
      '{\n    "reason": "disk"\n  }',
    );
  });

  it('admits that no error was given', () => {
    expect(describeFailedRun(ARN, 'TIMED_OUT', undefined, undefined)).toContain('TIMED_OUT: no error given');
  });
});
