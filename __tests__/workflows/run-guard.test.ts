import { guardStates, GUARD_VARIABLES } from '../../workflows/run-guard';
import type { Definition } from '../../workflows/states-language';
import { type Answer, type Answers, executionArn, type Outcome, runWorkflow } from '../support/run-workflow';

/** The guard, and a run that takes `minutes` behind it. */
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

const gaveWay = (name: string): unknown => ({
  status: 'ALREADY_RUNNING',
  message: `No second cluster was started: the execution ${executionArn(name)} is running.`,
});

describe('An execution', () => {
  const EARLIER: Listed = ['run-0', '2026-03-04T23:00:00Z'];

  test.each<[string, Listed]>([
    ['started earlier', EARLIER],
    ['started in the same moment, with an ARN that sorts before its own', ['run-0', SELF[1]]],
    ['started earlier in the same second, without a fraction', ['run-2', '2026-03-04T23:59:30Z']],
  ])('gives way to one that has %s, and names it, when it has seen it twice', async (_, other) => {
    const outcome = await guard([page([SELF, other])]);
    expect(outcome.output).toEqual(gaveWay(other[0]));
    expect(outcome.calls).toHaveLength(2);
  });

  test('reads times that are numbers, too', async () => {
    const Executions = [SELF, EARLIER].map(([name, start]) => ({
      ExecutionArn: executionArn(name),
      StartDate: Date.parse(start),
    }));
    expect((await guard([{ result: { Executions } }])).output).toEqual(gaveWay('run-0'));
  });

  test('names the oldest of several, which the list has last', async () => {
    const listed: Listed[] = [SELF, ['run-3', '2026-03-04T23:50:00Z'], EARLIER];
    expect((await guard([page(listed)])).output).toEqual(gaveWay('run-0'));
  });

  test('names the oldest of several pages', async () => {
    const middle = page([['run-3', '2026-03-04T23:50:00Z']], 'token-2');
    const outcome = await guard(
      [page([SELF], 'token-1')],
      [middle, page([EARLIER]), middle, page([EARLIER])],
    );
    expect(outcome.output).toEqual(gaveWay('run-0'));
    const tokens = outcome.calls.map((call) => (call.arguments as { NextToken?: string }).NextToken);
    expect(tokens).toEqual([undefined, 'token-1', 'token-2', undefined, 'token-1', 'token-2']);
  });

  test.each<[string, Listed[]]>([
    ['it is alone', [SELF]],
    ['the others are later', [['run-2', '2026-03-04T23:59:31Z'], SELF]],
    ['those of the same moment sort behind', [['run-2', SELF[1]], SELF]],
  ])('runs at once when %s', async (_, listed) => {
    const outcome = await guard([page(listed)]);
    expect(outcome.output).toBe('RAN');
    expect(outcome.calls).toHaveLength(1);
  });

  test('does not give way to one that is gone at the second look', async () => {
    const outcome = await guard([page([SELF, ['run-3', '2026-03-04T23:59:00Z'], EARLIER]), page([SELF])]);
    expect(outcome.output).toBe('RAN');
  });

  test('looks a third time when another is the oldest at the second look', async () => {
    const second: Listed = ['run-3', '2026-03-04T23:59:00Z'];
    const outcome = await guard([page([SELF, second, EARLIER]), page([SELF, second]), page([SELF])]);
    expect(outcome.output).toBe('RAN');
    expect(outcome.calls).toHaveLength(3);
  });

  test('gives way at the last look, however often the oldest has changed', async () => {
    const changing = Array.from({ length: 10 }, (_, at) =>
      page([SELF, [`run-0${at}`, '2026-03-04T23:00:00Z']]),
    );
    expect((await guard(changing)).output).toEqual(gaveWay('run-09'));
  });

  test('looks again while it is not in the list, and forgets what it saw before', async () => {
    const outcome = await guard([page([]), page([EARLIER]), page([SELF, EARLIER]), page([SELF])]);
    expect(outcome.output).toBe('RAN');
    expect(outcome.calls).toHaveLength(4);
  });

  test('that never gets into the list fails, and starts nothing', async () => {
    const outcome = await guard([page([EARLIER])]);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'RunNotListed' });
    expect(outcome.cause).toContain('within 7.5 minutes');
    expect(outcome.path).not.toContain('Run');
  });
});

test('A page stays under 256 KiB', async () => {
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

/** Numbers from 0 to 1 that are the same in every run of the test. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

interface Started {
  readonly name: string;
  readonly start: Date;
  /** Seconds until the start and the end get into the list. */
  readonly showsAfter: number;
  readonly hidesAfter: number;
  /** How long it runs, if the guard lets it past. */
  readonly minutes: number;
}

interface Simulated extends Started {
  readonly outcome: Outcome;
  /** When the guard let it past, if it did. */
  readonly runSince: Date;
}

/** Half of the seconds between two looks, less what the end of an execution that gives way takes. */
const LAG_SECONDS = 20;
const NOON = new Date('2026-03-04T12:00:00.000Z');
const after = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000);

/** What becomes of the executions, in the order of their starts: it depends only on those that have started before. */
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

/** Several executions whose starts and ends get into the list at once or as late as can be: worse than between. */
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

/** The run to which the names in the outputs lead, as `npm run exec` follows them; undefined when they lead to none. */
function followed(from: Simulated, all: readonly Simulated[]): Simulated | undefined {
  let one: Simulated | undefined = from;
  for (let count = 0; count <= all.length && one !== undefined; count += 1) {
    if (one.outcome.output === 'RAN') return one;
    const { message } = one.outcome.output as { message: string };
    one = all.find(({ name }) => message.includes(`${executionArn(name)} `));
  }
  return undefined;
}

/** Never two run at a time, and whatever gives way leads to a run that had not ended when it started. */
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

describe('Of executions that start close together, with a list that is late', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => [seed]))('one runs at a time (%i)', async (seed) => {
    expectOneRunAtATime(await simulate(someExecutions(seed)), seed);
  });

  test('those that give way to a run at its end do not take the next with them', async () => {
    const run = { name: 'run-0', start: NOON, minutes: 2, showsAfter: 0, hidesAfter: LAG_SECONDS };
    const end = after(NOON, 45 + 120);
    const row = [-26, -7, 12].map((seconds) => ({
      ...run,
      name: `run${seconds}`,
      start: after(end, seconds),
    }));
    const all = await simulate([run, ...row]);
    expectOneRunAtATime(all, 'row');
  });

  test('of five in the same moment exactly one runs', async () => {
    const names = ['c', 'e', 'a', 'd', 'b'];
    const FindRuns: Answers = [page(names.map((name): Listed => [name, NOON.toISOString()]))];
    const outcomes = await Promise.all(
      names.map((name) =>
        runWorkflow(guarded(1), { input: {}, execution: { name, start: NOON }, answers: { FindRuns } }),
      ),
    );
    const others = gaveWay('a');
    expect(outcomes.map(({ output }) => output)).toEqual([others, others, 'RAN', others, others]);
  });
});
