import { describeFailedRun } from '../../../tools/runs/execution';

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:machine:run';

test.each([
  [
    'error, cause and execution',
    ['FAILED', 'JobRunFailed', 'no such table\nsee the log'],
    `The execution ended FAILED: JobRunFailed\n  no such table\n  see the log\n  execution ${ARN}`,
  ],
  ['a JSON cause laid out', ['FAILED', 'X', '{"reason":"disk"}'], '{\n    "reason": "disk"\n  }'],
  ['that no error was given', ['TIMED_OUT', undefined, undefined], 'TIMED_OUT: no error given'],
] as const)('The message of a failed run has %s.', (_, [status, error, cause], text) => {
  expect(describeFailedRun(ARN, status, error, cause)).toContain(text);
});
