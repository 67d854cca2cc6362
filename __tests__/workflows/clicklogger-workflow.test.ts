import aslValidator from 'asl-validator';
import { clickloggerWorkflow, type ClickloggerWorkflowParams } from '../../workflows/clicklogger-workflow';
import { findLeaks } from '../../workflows/release-proof';
import type { Definition } from '../../workflows/states-language';
import { type Answer, runWorkflow, type Scenario } from '../support/run-workflow';
import { findWrongParameters } from '../support/sdk-parameters';
import { findBrokenReferences } from '../support/state-graph';

const params: ClickloggerWorkflowParams = {
  applicationId: '00fapp',
  applicationArn: 'arn:aws:emr-serverless:us-east-1:123456789012:/applications/00fapp',
  jobRoleArn: 'arn:aws:iam::123456789012:role/job',
  jarUri: 's3://source/jobs/loggregator-0123.jar',
  mainClass: 'com.clicklogger.loggregator.Main',
  deliveryBucket: { name: 'delivery', arn: 'arn:aws:s3:::delivery' },
  outputBucketName: 'output',
  logUri: 's3://logs/',
  logKeyArn: undefined,
  partitionPrefix: 'clicklog/data=',
  statusFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:status',
  rerunCommand: 'npm run exec -- clicklogger --stage dev',
  tags: { project: 'clicklogger' },
  pollSeconds: 20,
  jobTimeoutMinutes: 60,
  runTimeoutMinutes: 90,
  maxVcpu: 16,
  maxMemoryGigabytes: 64,
  maxDiskGigabytes: 200,
  region: 'eu-west-1',
};

const { definition, releaseRules } = clickloggerWorkflow(params);

const found: Answer = { result: { KeyCount: 1, Contents: [{ Key: 'clicklog/data=2026-03-04/a.parquet' }] } };
const nothing: Answer = { result: { KeyCount: 0 } };
const started: Answer = { result: { ApplicationId: '00fapp', JobRunId: '00fjob' } };
const logs = { s3: 's3://logs/applications/00fapp/jobs/00fjob/' };
const status = (job: object): Answer => ({ result: { Payload: { logs, reason: '', ...job } } });
const running = status({ state: 'RUNNING', terminal: false, succeeded: false, costUsd: null });
const billed = { vCpuHours: 0.1, memoryGbHours: 0.4, storageGbHours: 2 };
const ended = { state: 'SUCCESS', terminal: true, succeeded: true, durationSeconds: 61 };
const succeeded = status({ ...ended, billed, costUsd: 0.01 });
const unbilled = status({ ...ended, billed: null, costUsd: null });
const failure: Answer = { error: 'Some.Exception', cause: 'it broke' };

function run(input: unknown, answers: Scenario['answers'] = {}, minutesPerWait = 0) {
  return runWorkflow(definition, {
    input,
    minutesPerWait,
    answers: {
      FindClicks: [found],
      StartJob: [started],
      GetJobStatus: [running, succeeded],
      CancelJob: [{ result: {} }],
      ...answers,
    },
  });
}

describe('Input', () => {
  test.each(['2023-02-08', '2024-02-29', '2000-02-29', '1999-12-31'])(
    'accepts the date %s.',
    async (InputDate) => {
      const outcome = await run({ InputDate });
      expect(outcome.status).toBe('SUCCEEDED');
      expect(outcome.calls.find(({ state }) => state === 'FindClicks')?.arguments).toEqual({
        Bucket: 'delivery',
        Prefix: `clicklog/data=${InputDate}/`,
        MaxKeys: 30,
      });
    },
  );

  test.each([
    '2023-2-8',
    '2023-02-30',
    '2023-02-29',
    '1900-02-29',
    '2023-13-01',
    '2023-00-10',
    '2023-04-31',
    '2023-01-00',
    'yesterday',
    'all',
    '',
    ' 2023-02-08',
    '2023-02-08T00:00:00Z',
    20230208,
    null,
    true,
    ['2023-02-08'],
    { day: '2023-02-08' },
  ])('rejects %j before any call.', async (InputDate) => {
    const outcome = await run({ InputDate });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'InvalidInputDate', calls: [] });
    expect(outcome.cause).toContain('yyyy-MM-dd');
    expect(outcome.cause).toContain(typeof InputDate === 'string' ? InputDate : JSON.stringify(InputDate));
  });

  test('defaults to the start date of the execution.', async () => {
    const outcome = await run({});
    expect(outcome.output).toMatchObject({ report: 's3://output/2026/03/04/response.md' });
  });

  test('rejects a misspelled InputDate, and reports the keys of the input.', async () => {
    const outcome = await run({ inputDate: '2023-02-08' });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'InvalidInputDate', calls: [] });
    expect(outcome.cause).toContain('the input has inputDate');
  });

  test('rejects an input that is not an object.', async () => {
    expect(await run('2023-02-08')).toMatchObject({ status: 'FAILED', error: 'InvalidInputDate', calls: [] });
  });
});

describe('A run', () => {
  test('returns the location of the report, the billed resources and the cost.', async () => {
    const outcome = await run({ InputDate: '2023-02-08' });
    expect(outcome.output).toEqual({
      status: 'SUCCEEDED',
      report: 's3://output/2023/02/08/response.md',
      jobRunId: '00fjob',
      durationSeconds: 61,
      billed,
      costUsd: 0.01,
      logs,
    });
  });

  test('stores the report of all days under the start date of the execution.', async () => {
    const outcome = await run({ InputDate: 'ALL' });
    expect(outcome.output).toMatchObject({ report: 's3://output/ALL/2026/03/04/response.md' });
    expect(outcome.calls[0]?.arguments).toMatchObject({ Prefix: 'clicklog/data=' });
  });

  test('succeeds without a job and with a message when there are no clicks.', async () => {
    const outcome = await run({ InputDate: '2023-02-08' }, { FindClicks: [nothing] });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(outcome.output).toEqual({
      status: 'NOTHING_TO_DO',
      message: 'No clicks for 2023-02-08 in s3://delivery/clicklog/data=2023-02-08/; no job was started.',
    });
    expect(outcome.path).not.toContain('StartJob');
  });

  test('ignores directory markers in the search for clicks.', async () => {
    const marker = { Key: 'clicklog/data=2023-02-08/', Size: 0 };
    const one = await run({ InputDate: '2023-02-08' }, { FindClicks: [{ result: { Contents: [marker] } }] });
    expect(one.output).toMatchObject({ status: 'NOTHING_TO_DO' });
    const first = { result: { Contents: [marker], NextContinuationToken: 'more' } };
    const two = await run({ InputDate: 'ALL' }, { FindClicks: [first], FindMoreClicks: [found] });
    expect(two.output).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('starts the job with its date, buckets, execution tag and name.', async () => {
    const outcome = await run({ InputDate: '2023-02-08' });
    const call = outcome.calls.find(({ state }) => state === 'StartJob');
    expect(call?.arguments).toMatchObject({
      ApplicationId: '00fapp',
      Name: 'run-1',
      ExecutionTimeoutMinutes: 60,
      JobDriver: { SparkSubmit: { EntryPointArguments: ['2023-02-08', 'delivery', 'output', '2026-03-04'] } },
      Tags: { project: 'clicklogger', execution: 'arn:aws:states:us-east-1:123456789012:execution:m:run-1' },
    });
    expect((call?.arguments as { ClientToken: string }).ClientToken).toMatch(/^[0-9a-f]{64}$/);
  });

  describe.each([
    [16, 64, 200, 7],
    [16, 21, 200, 2],
    [4, 64, 200, 1],
    [16, 64, 60, 2],
    [4, 14, 40, 1],
  ])(
    'with a maximum of %i vCPU, %i GB and %i GB of disk',
    (maxVcpu, maxMemoryGigabytes, maxDiskGigabytes, most) => {
      const capacity = { maxVcpu, maxMemoryGigabytes, maxDiskGigabytes };
      const text = JSON.stringify(clickloggerWorkflow({ ...params, ...capacity }).definition);
      const setting = (name: string): number => Number(new RegExp(`${name}=(\\d+)`).exec(text)?.[1]);

      test('requests as many executors as fit.', () => {
        expect(setting('maxExecutors')).toBe(most);
      });

      test('starts with a number of executors between the minimum and the maximum.', () => {
        const first = Math.max(
          setting('spark.executor.instances'),
          setting('initialExecutors'),
          setting('minExecutors'),
        );
        expect(first).toBeGreaterThanOrEqual(setting('minExecutors'));
        expect(first).toBeLessThanOrEqual(setting('maxExecutors'));
      });
    },
  );

  test('sets the region of the buckets for S3A.', () => {
    expect(JSON.stringify(definition)).toContain('--conf spark.hadoop.fs.s3a.endpoint.region=eu-west-1');
  });

  test('waits for the cost for a limited time.', async () => {
    const late = await run({}, { GetJobStatus: [unbilled], GetDetails: [unbilled, succeeded] });
    expect(late.output).toMatchObject({ status: 'SUCCEEDED', costUsd: 0.01 });
    const never = await run({}, { GetJobStatus: [unbilled], GetDetails: [unbilled] });
    expect(never.output).toMatchObject({ status: 'SUCCEEDED', costUsd: null });
    expect(never.path.filter((state) => state === 'WaitForDetails')).toHaveLength(3);
  });

  test('succeeds without the cost when the cost cannot be read.', async () => {
    const outcome = await run({}, { GetJobStatus: [unbilled], GetDetails: [failure] });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(outcome.path).not.toContain('CancelJob');
  });
});

describe('A failure', () => {
  test.each([
    ['FAILED', 'JobRunFailed'],
    ['CANCELLED', 'JobRunCancelled'],
    ['SOMETHING_NEW', 'JobRunSomething_new'],
  ])('of a job run with the state %s fails the execution with its reason.', async (state, error) => {
    const ended = status({
      state,
      terminal: true,
      succeeded: false,
      reason: 'LoggregatorError: no column user',
      costUsd: 0.01,
    });
    const outcome = await run({}, { GetJobStatus: [ended] });
    expect(outcome).toMatchObject({ status: 'FAILED', error });
    expect(outcome.cause).toContain('LoggregatorError: no column user');
    expect(outcome.cause).toContain('s3://logs/applications/00fapp/jobs/00fjob/');
  });

  test('of a job run has the cost, the command to run it again and the last log lines in its cause.', async () => {
    const failed = (job: object, driverStderrTail: readonly string[]) =>
      status({
        state: 'FAILED',
        terminal: true,
        succeeded: false,
        reason: 'no column user',
        costUsd: 0.01,
        logs: { ...logs, driverStderrTail },
        ...job,
      });
    const causeOf = async (answer: Answer) =>
      (await run({ InputDate: '2026-03-02' }, { GetJobStatus: [answer] })).cause;
    const facts = `no column user\nJob run: 00fjob\nLogs: ${logs.s3}`;
    const again = 'Run it again: npm run exec -- clicklogger --stage dev --date 2026-03-02';
    expect(await causeOf(failed({}, ['Caused by: x', "\tat 'y'"]))).toBe(
      `${facts}\nCost so far: 0.01 USD\n${again}\nLast lines of the log:\nCaused by: x\n\tat 'y'`,
    );
    expect(await causeOf(failed({ costUsd: null }, []))).toBe(
      `${facts}\nCost so far: not known yet\n${again}`,
    );
    expect(await causeOf(failed({}, ['only line']))).toMatch(/Last lines of the log:\nonly line$/);
  });

  test.each(['FindClicks', 'StartJob'])(
    'of %s fails the execution with a description of the operation.',
    async (state) => {
      const outcome = await run({}, { [state]: [failure] });
      expect(outcome).toMatchObject({ status: 'FAILED', error: 'Some.Exception' });
      expect(outcome.cause).toMatch(/failed: it broke$/);
    },
  );

  const lastLines = (text: string, pending: boolean) =>
    status({
      state: 'FAILED',
      terminal: true,
      succeeded: false,
      reason: 'ExitCode: 1',
      costUsd: 0.01,
      logs: { ...logs, driverStderrTail: text === '' ? [] : [text], pending },
    });

  test('of a job run waits for the end of its log.', async () => {
    const outcome = await run(
      {},
      {
        GetJobStatus: [lastLines('', true)],
        GetDetails: [lastLines('begin', true), lastLines('why', false)],
      },
    );
    expect(outcome.cause).toMatch(/Last lines of the log:\nwhy$/);
    expect(outcome.path.filter((state) => state === 'WaitForDetails')).toHaveLength(2);
  });

  test('of a job run is reported when its log is missing or cannot be read.', async () => {
    const never = await run({}, { GetJobStatus: [lastLines('', true)], GetDetails: [lastLines('', true)] });
    expect(never).toMatchObject({ status: 'FAILED', error: 'JobRunFailed' });
    expect(never.path.filter((state) => state === 'WaitForDetails')).toHaveLength(3);
    const denied = await run({}, { GetJobStatus: [lastLines('begin', true)], GetDetails: [failure] });
    expect(denied).toMatchObject({ status: 'FAILED', error: 'JobRunFailed' });
    expect(denied.cause).toContain('begin');
  });

  test.each([
    'Lambda.Unknown',
    'Lambda.TooManyRequestsException',
    'Sandbox.Timedout',
    'Runtime.ExitError',
    'TimeoutError',
    'ServiceUnavailableException',
    'States.Timeout',
    'States.DataLimitExceeded',
  ])('%s of the status function does not cancel a running job.', async (error) => {
    const broken: Answer = { error, cause: 'not the fault of the job' };
    const outcome = await run({}, { GetJobStatus: [running, broken, broken, broken, running, succeeded] });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(outcome.path).not.toContain('CancelJob');
  });

  test.each(['Some.Exception', 'Lambda.Unknown', 'States.DataLimitExceeded'])(
    '%s of the status function cancels the job run after the last retry.',
    async (error) => {
      const outcome = await run({}, { GetJobStatus: [running, { error, cause: 'again' }] });
      expect(outcome).toMatchObject({ status: 'FAILED', error });
      expect(outcome.calls.filter(({ state }) => state === 'GetJobStatus')).toHaveLength(10);
      expect(outcome.calls.at(-1)).toEqual({
        state: 'CancelJob',
        arguments: { ApplicationId: '00fapp', JobRunId: '00fjob' },
      });
    },
  );

  test.each([
    ['X', 'cannot cancel', 'cannot cancel'],
    ['States.Timeout', '', 'States.Timeout'],
  ])('%s of the cancellation is reported in addition to the reason.', async (error, cause, shown) => {
    const outcome = await run({}, { GetJobStatus: [failure], CancelJob: [{ error, cause }] });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'Some.Exception' });
    expect(outcome.cause).toContain('it broke');
    expect(outcome.cause).toContain(`Cancelling the job run failed too: ${shown}`);
  });

  test('to end before the timeout cancels the job run.', async () => {
    const outcome = await run({}, { GetJobStatus: [running] }, 10);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'RunTimedOut' });
    expect(outcome.cause).toContain('still RUNNING after 90 minutes');
    expect(outcome.path).toContain('CancelJob');
    expect(outcome.path.filter((state) => state === 'WaitForJob')).toHaveLength(10);
  });
});

describe('The definition', () => {
  test('is valid and has existing actions, parameters and states.', async () => {
    expect(aslValidator(structuredClone(definition)).errorsText()).toBe('');
    expect(findBrokenReferences(definition)).toEqual([]);
    expect(await findWrongParameters(definition)).toEqual([]);
  });

  test('releases the job run on every path after StartJob.', () => {
    expect(findLeaks(definition, releaseRules)).toEqual([]);
  });

  test('has tasks with timeouts far below the timeout of the state machine.', () => {
    for (const state of Object.values(definition.States)) {
      if (state.Type === 'Task')
        expect(Number(state.TimeoutSeconds)).toBeLessThan(definition.TimeoutSeconds / 10);
    }
  });

  /** Maximum duration of a task in seconds: a timeout of each attempt and the maximum delays. */
  const slowest = (name: string): number => {
    const state = definition.States[name];
    if (state?.Type !== 'Task') throw new Error(`${name} is not a task`);
    const [retrier] = state.Retry?.slice(-1) ?? [];
    const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds = Infinity } = retrier!;
    const pauses = Array.from({ length: MaxAttempts }, (_, index) =>
      Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** index),
    );
    return Number(state.TimeoutSeconds) * (MaxAttempts + 1) + pauses.reduce((sum, pause) => sum + pause);
  };

  test('has time to cancel the job run after the slowest status request.', () => {
    const afterLimit = definition.TimeoutSeconds - params.runTimeoutMinutes * 60;
    expect(params.pollSeconds + slowest('GetJobStatus') + slowest('CancelJob')).toBeLessThan(afterLimit);
  });

  test('retries and catches all errors of every task.', () => {
    for (const state of Object.values(definition.States)) {
      if (state.Type !== 'Task') continue;
      const retried = state.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];
      expect(retried.some((error) => ['States.Timeout', 'States.ALL'].includes(error))).toBe(true);
      expect(state.Catch.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    }
  });
});

describe('The checks', () => {
  const broken = (change: (states: Record<string, never>) => void): Definition => {
    const copy = structuredClone(definition);
    change(copy.States as Record<string, never>);
    return copy;
  };

  test('find a leak when a Catch bypasses the cancellation.', () => {
    const leaky = broken((states) => {
      (states.GetJobStatus! as { Catch: unknown }).Catch = [{ ErrorEquals: ['States.ALL'], Next: 'FailRun' }];
    });
    expect(findLeaks(leaky, releaseRules)).toEqual([
      { compute: 'EMR Serverless job run', path: ['StartJob', 'WaitForJob', 'GetJobStatus', 'FailRun'] },
    ]);
  });

  test('find a leak when a task catches only some errors.', () => {
    const leaky = broken((states) => {
      (states.GetJobStatus! as { Catch: unknown }).Catch = [
        { ErrorEquals: ['States.Timeout'], Next: 'CancelJob' },
      ];
    });
    expect(findLeaks(leaky, releaseRules)).toHaveLength(1);
  });

  test('find a leak when the state that starts the compute does not exist.', () => {
    const gone = broken((states) => {
      delete states.StartJob;
    });
    expect(findLeaks(gone, releaseRules)).toHaveLength(1);
  });

  test('find unknown parameters, unknown actions and missing parameters.', async () => {
    const wrong = broken((states) => {
      (states.CancelJob! as { Arguments: unknown }).Arguments = { applicationId: 'x', JobRunId: 'y' };
      (states.StartJob! as { Resource: unknown }).Resource = 'arn:aws:states:::emr-serverless:beginJobRun';
    });
    const problems = await findWrongParameters(wrong);
    expect(problems).toEqual([
      'StartJob: emr-serverless has no action beginJobRun',
      expect.stringContaining('CancelJob.applicationId: no such parameter'),
      'CancelJob.ApplicationId: required, missing',
    ]);
  });

  test('find unreachable states and missing targets.', () => {
    const wrong = broken((states) => {
      (states.CheckClicks! as { Default: unknown }).Default = 'NoSuchState';
    });
    expect(findBrokenReferences(wrong)).toEqual([
      'CheckClicks: NoSuchState does not exist',
      'NothingToDo: never reached',
    ]);
  });
});
