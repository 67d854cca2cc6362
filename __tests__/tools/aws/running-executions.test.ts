import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { stopExecutions } from '../../../tools/aws/running-executions';
import type { Target } from '../../../tools/aws/target';

const refusal = (name: string): Error => Object.assign(new Error(name), { name });

/** A target whose list of executions shows `listed` as running, although each has the status of `statuses`. */
function targetWith(listed: readonly string[], statuses: Map<string, string>): Target {
  const client = new SFNClient({ region: 'us-east-1' });
  client.send = ((command: unknown) => {
    if (command instanceof ListExecutionsCommand)
      return Promise.resolve({ executions: listed.map((executionArn) => ({ executionArn })) });
    if (command instanceof DescribeExecutionCommand)
      return Promise.resolve({ status: statuses.get(command.input.executionArn!) });
    const arn = (command as StopExecutionCommand).input.executionArn!;
    if (statuses.get(arn) !== 'RUNNING') return Promise.reject(refusal('ValidationException'));
    statuses.set(arn, 'ABORTED');
    return Promise.resolve({});
  }) as SFNClient['send'];
  return { kind: 'local', client: () => client } as unknown as Target;
}

it('stops what runs, and takes what the late list still shows as running for what it is', async () => {
  const statuses = new Map([
    ['a', 'SUCCEEDED'],
    ['b', 'RUNNING'],
  ]);
  const said: string[] = [];
  await stopExecutions(targetWith(['a', 'b'], statuses), ['machine'], (text) => said.push(text));
  expect([...statuses.values()]).toEqual(['SUCCEEDED', 'ABORTED']);
  expect(said).toEqual([]);
});
