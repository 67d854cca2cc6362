import * as z from 'zod';
import { followRun } from '../../../tools/runs/execution';
import { fakeTarget } from '../../support/fake-target';

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:machine:run';

test.each([
  [
    'error, cause and execution',
    ['FAILED', 'JobRunFailed', 'no such table\nsee the log'],
    `The execution ended FAILED: JobRunFailed\n  no such table\n  see the log\n  execution ${ARN}`,
  ],
  ['a formatted JSON cause', ['FAILED', 'X', '{"reason":"disk"}'], '{\n    "reason": "disk"\n  }'],
  ['a note without an error', ['TIMED_OUT', undefined, undefined], 'TIMED_OUT: no error given'],
] as const)('The message of a failed execution has %s.', async (_, [status, error, cause], text) => {
  const target = fakeTarget({ DescribeExecutionCommand: () => ({ status, error, cause }) });
  const run = followRun({ target }, ARN, { schema: z.unknown(), logs: 'of the job' }, () => undefined);
  await expect(run).rejects.toThrow(text);
});
