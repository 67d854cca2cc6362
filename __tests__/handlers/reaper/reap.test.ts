import type { LiveCompute } from '../../../handlers/reaper/compute';
import { reap, type ReapPorts } from '../../../handlers/reaper/reap';

const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:machine:run-1';
const START = 1_000_000;
const LATE = START + 75_000;
const TIMEOUT_MS = 240_000;

const jobRun = (id: string, executionArn: string | undefined = EXECUTION): LiveCompute => ({
  kind: 'job run',
  id,
  name: 'run-1',
  state: 'RUNNING',
  createdAt: new Date(START),
  executionArn,
});

/** A pipeline with the compute of each attempt in `finds`; the last entry is repeated. */
class World {
  now = START;
  readonly ended: string[] = [];
  readonly endedAt: number[] = [];
  readonly problems: string[] = [];
  /** Executions that run after the first delay. */
  redriven: string[] = [];
  running: string[] = [];
  private found = 0;

  constructor(
    private readonly finds: readonly (readonly LiveCompute[] | Error)[],
    private readonly ends: 'immediately' | 'never' | 'with an error' = 'immediately',
  ) {}

  get ports(): ReapPorts {
    return {
      compute: { findLive: () => this.find(), end: (live) => this.end(live) },
      isRunning: (arn) => Promise.resolve(this.running.includes(arn)),
      now: () => this.now,
      sleep: (milliseconds) => {
        this.now += milliseconds;
        this.running.push(...this.redriven);
        return Promise.resolve();
      },
      timeLeftMs: () => START + TIMEOUT_MS - this.now,
      onProblem: (problem) => this.problems.push(problem),
    };
  }

  private find(): Promise<readonly LiveCompute[]> {
    const found = this.finds[Math.min(this.found, this.finds.length - 1)] ?? [];
    this.found += 1;
    if (found instanceof Error) return Promise.reject(found);
    return Promise.resolve(found.filter(({ id }) => this.ends === 'never' || !this.ended.includes(id)));
  }

  private end({ id }: LiveCompute): Promise<void> {
    this.ended.push(id);
    this.endedAt.push(this.now);
    return this.ends === 'with an error'
      ? Promise.reject(new Error(`${id} cannot be cancelled: it is SUCCESS`))
      : Promise.resolve();
  }
}

const anything = () => true;

describe('The reaper', () => {
  test('ends orphaned compute immediately, and later the compute that appears late.', async () => {
    const world = new World([[jobRun('a'), jobRun('b')], [], [jobRun('late')]]);
    const { ended } = await reap(anything, LATE, world.ports);
    expect(ended.map(({ id }) => id)).toEqual(['a', 'b', 'late']);
    expect(world.endedAt.slice(0, 2)).toEqual([START, START]);
  });

  test('stops after one empty list when no compute can appear.', async () => {
    const world = new World([[]]);
    expect(await reap(anything, START, world.ports)).toEqual({ ended: [], attempts: 1, live: [] });
  });

  test('does not end compute that is out of scope or that a running execution owns.', async () => {
    const world = new World([[jobRun('other', 'arn:other'), jobRun('owned')]]);
    world.running.push(EXECUTION);
    const { live } = await reap(({ executionArn }) => executionArn === EXECUTION, START, world.ports);
    expect(world.ended).toEqual([]);
    expect(live).toHaveLength(2);
  });

  test('does not end the compute of a redriven execution.', async () => {
    const world = new World([[], [], [jobRun('redriven')]]);
    world.redriven = [EXECUTION];
    await reap(anything, LATE, world.ports);
    expect(world.ended).toEqual([]);
  });

  test('continues with other compute after an error, and accepts that compute has already ended.', async () => {
    const world = new World([[jobRun('a'), jobRun('b')]], 'with an error');
    await expect(reap(anything, START, world.ports)).resolves.toMatchObject({ attempts: 2 });
    expect(world.ended).toEqual(['a', 'b']);
    expect(world.problems[0]).toBe('ending job run a failed: Error: a cannot be cancelled: it is SUCCESS');
  });

  test('retries a failed list.', async () => {
    const world = new World([new Error('throttled'), [jobRun('a')]]);
    await reap(anything, START, world.ports);
    expect(world.ended).toEqual(['a']);
    expect(world.problems).toEqual(['listing failed: Error: throttled']);
  });

  test.each([
    ['running compute', new World([[jobRun('a')]], 'never'), 'Still running: job run a (RUNNING).'],
    [
      'the error of the list',
      new World([new Error('no permission')]),
      'Compute may still be running: listing failed: Error: no permission',
    ],
  ])('fails before the timeout with %s.', async (_, world, message) => {
    await expect(reap(anything, START, world.ports)).rejects.toThrow(message);
    expect(world.ports.timeLeftMs()).toBeGreaterThan(0);
  });
});
