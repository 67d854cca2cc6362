import { stopExecutions } from '../../../tools/aws/executions';
import { awsError, fakeTarget } from '../../support/fake-target';

test('Running executions are stopped; a completed execution in an outdated list causes no error.', async () => {
  const statuses = new Map<unknown, string>([
    ['a', 'SUCCEEDED'],
    ['b', 'RUNNING'],
  ]);
  const target = fakeTarget({
    ListExecutionsCommand: () => ({ executions: [{ executionArn: 'a' }, { executionArn: 'b' }] }),
    DescribeExecutionCommand: ({ executionArn }) => ({ status: statuses.get(executionArn) }),
    StopExecutionCommand: ({ executionArn }) => {
      if (statuses.get(executionArn) !== 'RUNNING') throw awsError('ValidationException');
      statuses.set(executionArn, 'ABORTED');
      return {};
    },
  });
  const updates: string[] = [];
  await stopExecutions(target, ['machine'], (text) => updates.push(text));
  expect([...statuses.values()]).toEqual(['SUCCEEDED', 'ABORTED']);
  expect(updates).toEqual([]);
});
