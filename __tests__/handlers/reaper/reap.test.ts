import type { LiveCompute } from '../../../handlers/reaper/compute';
import { reap, ReapError, type ReapPorts } from '../../../handlers/reaper/reap';

const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:machine:run-1';
const START = 1_000_000;
const TIMEOUT_MS = 240_000;

const jobRun = (id: string, executionArn = EXECUTION): LiveCompute => ({
  kind: 'job run',
  id,
  name: 'run-1',
  state: 'RUNNING',
  createdAt: new Date(START),
  executionArn,
});

type Ends = 'at once' | 'never' | 'with an error';

/** A pipeline in which `looks` says what is live at each look; the last entry stays. */
class World {
  now = START;
  readonly ended: string[] = [];
  readonly problems: string[] = [];
  running = new Set<string>();
  private looked = 0;

  constructor(
    private readonly looks: readonly (readonly LiveCompute[] | Error)[],
    private readonly ends: Ends = 'at once',
  ) {}

  get ports(): ReapPorts {
    return {
      compute: { findLive: () => this.look(), end: (live) => this.end(live) },
      isRunning: (arn) => Promise.resolve(this.running.has(arn)),
      now: () => this.now,
      sleep: (milliseconds) => {
        this.now += milliseconds;
        return Promise.resolve();
      },
      timeLeftMs: () => START + TIMEOUT_MS - this.now,
      onProblem: (problem) => this.problems.push(problem),
    };
  }

  private look(): Promise<readonly LiveCompute[]> {
    const found = this.looks[Math.min(this.looked, this.looks.length - 1)] ?? [];
    this.looked += 1;
    if (found instanceof Error) return Promise.reject(found);
    return Promise.resolve(found.filter(({ id }) => this.ends === 'never' || !this.ended.includes(id)));
  }

  private end({ id }: LiveCompute): Promise<void> {
    this.ended.push(id);
    return this.ends === 'with an error'
      ? Promise.reject(new Error(`${id} cannot be cancelled: it is SUCCESS`))
      : Promise.resolve();
  }
}

const anything = () => true;

describe('reaping', () => {
  test('ends what an execution has left', async () => {
    const world = new World([[jobRun('a'), jobRun('b')]]);
    const { ended } = await reap(anything, START, world.ports);
    expect(world.ended).toEqual(['a', 'b']);
    expect(ended.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('ends at once what it finds at once, before it waits', async () => {
    const world = new World([[jobRun('a')]]);
    let endedAt = 0;
    const ports = {
      ...world.ports,
      sleep: async (milliseconds: number) => {
        endedAt ||= world.now;
        await world.ports.sleep(milliseconds);
      },
    };
    await reap(anything, START + 75_000, ports);
    expect(endedAt).toBe(START);
  });

  test('finds what appears only after the execution was stopped', async () => {
    const world = new World([[], [], [jobRun('late')]]);
    await reap(anything, START + 75_000, world.ports);
    expect(world.ended).toEqual(['late']);
  });

  test('is content with one empty look once nothing can appear any more', async () => {
    const world = new World([[]]);
    expect(await reap(anything, START, world.ports)).toEqual({ ended: [], looks: 1, live: [] });
  });

  test('leaves what is out of scope, what no workflow started, and what its execution looks after', async () => {
    const byHand = { ...jobRun('by hand'), executionArn: undefined };
    const world = new World([[jobRun('other', 'arn:other'), byHand, jobRun('owned')]]);
    world.running.add(EXECUTION);
    const { live } = await reap(({ executionArn }) => executionArn === EXECUTION, START, world.ports);
    expect(world.ended).toEqual([]);
    expect(live).toHaveLength(3);
  });

  test('does not touch the work of an execution that was redriven meanwhile', async () => {
    const world = new World([[], [], [jobRun('redriven')]]);
    const ports = {
      ...world.ports,
      sleep: async (milliseconds: number) => {
        world.running.add(EXECUTION);
        await world.ports.sleep(milliseconds);
      },
    };
    await reap(anything, START + 75_000, ports);
    expect(world.ended).toEqual([]);
  });

  test('takes what ended by itself meanwhile for ended', async () => {
    const world = new World([[jobRun('a')]], 'with an error');
    await expect(reap(anything, START, world.ports)).resolves.toMatchObject({ looks: 2 });
    expect(world.problems).toEqual(['ending job run a failed: Error: a cannot be cancelled: it is SUCCESS']);
  });

  test('goes on with the others when one cannot be ended', async () => {
    const world = new World([[jobRun('a'), jobRun('b')]], 'with an error');
    await reap(anything, START, world.ports);
    expect(world.ended).toEqual(['a', 'b']);
  });

  test('does not take a look that failed for an empty one', async () => {
    const world = new World([new Error('throttled'), [jobRun('a')]]);
    await reap(anything, START, world.ports);
    expect(world.ended).toEqual(['a']);
    expect(world.problems).toEqual(['looking failed: Error: throttled']);
  });

  test('fails, naming what is left, before the invocation is cut off', async () => {
    const world = new World([[jobRun('a')]], 'never');
    await expect(reap(anything, START, world.ports)).rejects.toThrow('Still live: job run a (RUNNING).');
    expect(world.ports.timeLeftMs()).toBeGreaterThan(0);
  });

  test('fails when it could never look', async () => {
    const world = new World([new Error('no permission')]);
    const reaping = reap(anything, START, world.ports);
    await expect(reaping).rejects.toThrow(ReapError);
    await expect(reaping).rejects.toThrow('Compute may be left; looking failed: Error: no permission');
  });
});
