import { guardStates, GUARD_VARIABLES } from '../../workflows/run-guard';
import type { Definition } from '../../workflows/states-language';
import { type Answer, type Answers, executionArn, type Outcome, runWorkflow } from '../support/run-workflow';

/** The guard and a run of `minutes`. */
const guarded = (minutes: number): Definition => ({
  Comment: 'test',
  QueryLanguage: 'JSONata',
  StartAt: 'Begin',
  TimeoutSeconds: 3600,
  States: {
    Begin: { Type: 'Pass', Assign: GUARD_VARIABLES, Next: 'WaitForListing' },
    ...guardStates('arn:aws:states:us-east-1:123456789012:stateMachine:m', 'Run'),
    Run: { Type: 'Wait', Seconds: minutes * 60, Next: 'Done' },
    Done: { Type: 'Succeed', Output: 'RAN' },
    FailRun: { Type: 'Fail', Error: '{% $failure.error %}', Cause: '{% $failure.cause %}' },
  },
});

type Listed = readonly [name: string, start: string];

const page = (listed: readonly Listed[], NextToken?: string): Answer => ({
  result: {
    Executions: listed.map(([name, StartDate]) => ({ ExecutionArn: executionArn(name), StartDate })),
    ...(NextToken !== undefined && { NextToken }),
  },
});

const SELF: Listed = ['run-1', '2026-03-04T23:59:30.500Z'];
const guard = (FindRuns: Answers, FindMoreRuns: Answers = []): Promise<Outcome> =>
  runWorkflow(guarded(1), { input: {}, answers: { FindRuns, FindMoreRuns } });

const alreadyRunning = (name: string): unknown => ({
  status: 'ALREADY_RUNNING',
  message: `No second cluster was started: the execution ${executionArn(name)} is running.`,
});

describe('An execution', () => {
  const EARLIER: Listed = ['run-0', '2026-03-04T23:00:00Z'];

  test.each<[string, Listed]>([
    ['started earlier', EARLIER],
    ['started at the same time and has a lower ARN', ['run-0', SELF[1]]],
    ['started earlier in the same second', ['run-2', '2026-03-04T23:59:30Z']],
  ])('ends with the ARN of another execution that %s, after two lists.', async (_, other) => {
    const outcome = await guard([page([SELF, other])]);
    expect(outcome.output).toEqual(alreadyRunning(other[0]));
    expect(outcome.calls).toHaveLength(2);
  });

  test('accepts numeric times.', async () => {
    const Executions = [SELF, EARLIER].map(([name, start]) => ({
      ExecutionArn: executionArn(name),
      StartDate: Date.parse(start),
    }));
    expect((await guard([{ result: { Executions } }])).output).toEqual(alreadyRunning('run-0'));
  });

  test('ends with the ARN of the oldest execution of a list.', async () => {
    const listed: Listed[] = [SELF, ['run-3', '2026-03-04T23:50:00Z'], EARLIER];
    expect((await guard([page(listed)])).output).toEqual(alreadyRunning('run-0'));
  });

  test('ends with the ARN of the oldest execution of several pages.', async () => {
    const middle = page([['run-3', '2026-03-04T23:50:00Z']], 'token-2');
    const outcome = await guard(
      [page([SELF], 'token-1')],
      [middle, page([EARLIER]), middle, page([EARLIER])],
    );
    expect(outcome.output).toEqual(alreadyRunning('run-0'));
    const tokens = outcome.calls.map((call) => (call.arguments as { NextToken?: string }).NextToken);
    expect(tokens).toEqual([undefined, 'token-1', 'token-2', undefined, 'token-1', 'token-2']);
  });

  test.each<[string, Listed[]]>([
    ['it is the only one', [SELF]],
    ['other executions started later', [['run-2', '2026-03-04T23:59:31Z'], SELF]],
    ['other executions of the same time have higher ARNs', [['run-2', SELF[1]], SELF]],
  ])('continues after one list when %s.', async (_, listed) => {
    const outcome = await guard([page(listed)]);
    expect(outcome.output).toBe('RAN');
    expect(outcome.calls).toHaveLength(1);
  });

  test('continues when the older executions are not in the second list.', async () => {
    const outcome = await guard([page([SELF, ['run-3', '2026-03-04T23:59:00Z'], EARLIER]), page([SELF])]);
    expect(outcome.output).toBe('RAN');
  });

  test('requests a third list when the oldest execution changes.', async () => {
    const second: Listed = ['run-3', '2026-03-04T23:59:00Z'];
    const outcome = await guard([page([SELF, second, EARLIER]), page([SELF, second]), page([SELF])]);
    expect(outcome.output).toBe('RAN');
    expect(outcome.calls).toHaveLength(3);
  });

  test('decides with the last list when the oldest execution always changes.', async () => {
    const changing = Array.from({ length: 10 }, (_, at) =>
      page([SELF, [`run-0${at}`, '2026-03-04T23:00:00Z']]),
    );
    expect((await guard(changing)).output).toEqual(alreadyRunning('run-09'));
  });

  test('ignores lists that do not contain it.', async () => {
    const outcome = await guard([page([]), page([EARLIER]), page([SELF, EARLIER]), page([SELF])]);
    expect(outcome.output).toBe('RAN');
    expect(outcome.calls).toHaveLength(4);
  });

  test('fails when no list contains it.', async () => {
    const outcome = await guard([page([EARLIER])]);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'RunNotListed' });
    expect(outcome.cause).toContain('within 7.5 minutes');
    expect(outcome.path).not.toContain('Run');
  });
});

test('A page has less than 256 KiB.', async () => {
  const { calls } = await guard([page([SELF])]);
  const { MaxResults } = calls[0]!.arguments as { MaxResults: number };
  const arn = `arn:aws-us-gov:states:us-gov-west-1:123456789012:execution:${'m'.repeat(80)}:${'n'.repeat(80)}`;
  const longest = {
    ExecutionArn: arn,
    Name: 'n'.repeat(80),
    StartDate: '2026-03-04T23:59:30.500Z',
    StateMachineArn: arn.slice(0, -81),
    StateMachineVersionArn: arn.slice(0, -70),
    Status: 'RUNNING',
    RedriveCount: 10,
    RedriveDate: '2026-03-04T23:59:30.500Z',
  };
  expect(JSON.stringify(longest).length * MaxResults).toBeLessThan(250_000);
});

/** Pseudorandom numbers from 0 to 1. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

interface Started {
  readonly name: string;
  readonly start: Date;
  /** Delays in seconds until the list shows the start and the end. */
  readonly showsAfter: number;
  readonly hidesAfter: number;
  readonly minutes: number;
}

interface Simulated extends Started {
  readonly outcome: Outcome;
  /** Start of the run after the guard. */
  readonly runSince: Date;
}

/** Half of the seconds between two lists, minus the time for the end of an execution. */
const LAG_SECONDS = 20;
const NOON = new Date('2026-03-04T12:00:00.000Z');
const after = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000);

/** Simulates the executions in the order of their starts: an outcome depends only on earlier executions. */
async function simulate(started: readonly Started[]): Promise<Simulated[]> {
  const all: Simulated[] = [];
  for (const one of started) {
    const FindRuns: Answers = (_, now) =>
      page(
        [...all, { ...one, outcome: undefined }]
          .filter(({ start, showsAfter }) => after(start, showsAfter) <= now)
          .filter(({ hidesAfter, outcome }) => outcome === undefined || now < after(outcome.end, hidesAfter))
          .map(({ name, start }) => [name, start.toISOString()]),
      );
    const scenario = { input: {}, execution: one, answers: { FindRuns } };
    const outcome = await runWorkflow(guarded(one.minutes), scenario);
    all.push({ ...one, outcome, runSince: after(outcome.end, -60 * one.minutes) });
  }
  return all;
}

/** Executions whose starts and ends appear in the list with the minimum or maximum delay. */
function someExecutions(seed: number): Started[] {
  const numbers = randomNumbers(seed);
  const upTo = (limit: number): number => numbers.next().value * limit;
  const spread = upTo(300);
  const all = Array.from({ length: 2 + Math.floor(upTo(12)) }, (_, index) => ({
    name: `run-${Math.floor(upTo(1000))}-${index}`,
    start: after(NOON, Math.round(upTo(spread) * 4) / 4),
    showsAfter: LAG_SECONDS * Math.round(upTo(1)),
    hidesAfter: LAG_SECONDS * Math.round(upTo(1)),
    minutes: upTo(2),
  }));
  return all.sort(
    (one, other) => one.start.getTime() - other.start.getTime() || (one.name < other.name ? -1 : 1),
  );
}

/** The run to which the ARNs in the outputs lead, as `npm run exec` follows them. */
function followed(from: Simulated, all: readonly Simulated[]): Simulated | undefined {
  let one: Simulated | undefined = from;
  for (let count = 0; count <= all.length && one !== undefined; count += 1) {
    if (one.outcome.output === 'RAN') return one;
    const { message } = one.outcome.output as { message: string };
    one = all.find(({ name }) => message.includes(`${executionArn(name)} `));
  }
  return undefined;
}

/** Only one run at a time, and every other execution leads to a run that was in progress when it started. */
function expectOneRunAtATime(all: readonly Simulated[], label: unknown): void {
  const ran = all.filter(({ outcome }) => outcome.output === 'RAN');
  ran.forEach(({ runSince }, index) => {
    expect([label, index === 0 || ran[index - 1]!.outcome.end <= runSince]).toEqual([label, true]);
  });
  for (const one of all) {
    const run = followed(one, all);
    expect([label, one.name, run !== undefined && run.outcome.end > one.start]).toEqual([
      label,
      one.name,
      true,
    ]);
  }
}

describe('With a delayed list', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => [seed]))(
    'only one execution runs at a time (seed %i).',
    async (seed) => {
      expectOneRunAtATime(await simulate(someExecutions(seed)), seed);
    },
  );

  test('executions that end because of a run do not end the next execution.', async () => {
    const run = { name: 'run-0', start: NOON, minutes: 2, showsAfter: 0, hidesAfter: LAG_SECONDS };
    const end = after(NOON, 45 + 120);
    const row = [-26, -7, 12].map((seconds) => ({
      ...run,
      name: `run${seconds}`,
      start: after(end, seconds),
    }));
    expectOneRunAtATime(await simulate([run, ...row]), 'row');
  });
});
