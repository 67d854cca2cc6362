import { ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { isOrphan, isRunning } from '../../../handlers/reaper/ownership';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:machine:run-1';

/** Answers DescribeExecution. */
class FakeStepFunctions extends SFNClient {
  constructor(private readonly answer: string | Error) {
    super({ region: 'us-east-1' });
    this.middlewareStack.add(
      () => () =>
        this.answer instanceof Error
          ? Promise.reject(this.answer)
          : Promise.resolve({ response: {}, output: { status: this.answer, $metadata: {} } as never }),
      { step: 'initialize' },
    );
  }
}

describe('an execution', () => {
  it.each([
    ['RUNNING', true],
    ['SUCCEEDED', false],
    ['ABORTED', false],
  ])('that is %s runs: %s', async (status, runs) => {
    expect(await isRunning(new FakeStepFunctions(status), ARN)).toBe(runs);
  });

  it('that Step Functions has forgotten does not run', async () => {
    const forgotten = new ExecutionDoesNotExist({ message: 'no such execution', $metadata: {} });
    expect(await isRunning(new FakeStepFunctions(forgotten), ARN)).toBe(false);
  });

  it('that could not be asked about is not taken for one that does not run', async () => {
    await expect(isRunning(new FakeStepFunctions(new Error('throttled')), ARN)).rejects.toThrow('throttled');
  });
});

describe('compute', () => {
  it('is an orphan when its execution does not run, or when no workflow started it', async () => {
    expect(await isOrphan({ executionArn: ARN }, () => Promise.resolve(false))).toBe(true);
    expect(await isOrphan({ executionArn: ARN }, () => Promise.resolve(true))).toBe(false);
    expect(await isOrphan({ executionArn: undefined }, () => Promise.resolve(true))).toBe(true);
  });
});
