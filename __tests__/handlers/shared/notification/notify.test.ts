import { notify } from '../../../../handlers/shared/notification/notify';
import type { EndedExecution } from '../../../../handlers/shared/execution-event';

const execution: EndedExecution = {
  executionArn: 'arn:aws:states:us-east-1:123456789012:execution:machine:run-1',
  status: 'FAILED',
  startedAt: undefined,
  stoppedAt: new Date('2026-03-04T10:01:30Z'),
  input: undefined,
  output: undefined,
  error: 'JobRunFailed',
  cause: undefined,
};
const pipeline = { name: 'clicklogger-dev-clicks', rerun: 'npm run exec' };

async function messagesOf(
  findCompute: () => Promise<undefined>,
): Promise<{ sent: string[]; problems: string[] }> {
  const sent: string[] = [];
  const problems: string[] = [];
  await notify(execution, pipeline, {
    findCompute,
    publish: (subject, text) => Promise.resolve(sent.push(subject, text)),
    onProblem: (problem) => problems.push(problem),
  });
  return { sent, problems };
}

describe('notify', () => {
  it('publishes one message with subject and text', async () => {
    const { sent, problems } = await messagesOf(() => Promise.resolve(undefined));
    expect(sent).toEqual([
      'clicklogger-dev-clicks failed: JobRunFailed',
      expect.stringContaining('npm run exec'),
    ]);
    expect(problems).toEqual([]);
  });

  it('publishes also when what ran cannot be found out, and says so', async () => {
    const { sent, problems } = await messagesOf(() => Promise.reject(new Error('throttled')));
    expect(sent[1]).toContain('Ran:          unknown: Error: throttled');
    expect(problems).toEqual(['Error: throttled']);
  });

  it('fails when the message cannot be published, so that Lambda tries again', async () => {
    const publish = () => Promise.reject(new Error('no topic'));
    const ports = { findCompute: () => Promise.resolve(undefined), publish, onProblem: () => undefined };
    await expect(notify(execution, pipeline, ports)).rejects.toThrow('no topic');
  });
});
