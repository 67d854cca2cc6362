import type { Bench } from '../../../tools/faults/permissions/bench';
import type { Decision } from '../../../tools/faults/permissions/decisions';
import { describePermission, type Permission } from '../../../tools/faults/permissions/role-policies';
import { Trials } from '../../../tools/faults/permissions/trials';
import type { Lane } from '../../../tools/cli/progress';

const permission = (action: string): Permission => ({ role: 'job', sid: 'Own', action });

/** A stage whose role has these permissions, with recorded decisions. */
class FakeStage {
  readonly bench = {
    limitMs: 0,
    target: { names: { role: (purpose: string) => purpose } },
  } as unknown as Bench;
  readonly tried: string[] = [];
  settled = 0;
  private readonly decisions: Decision[] = [];
  private removed: string | undefined;

  readonly policies = {
    without: async <T>(removed: Permission, work: () => Promise<T>): Promise<T> => {
      this.removed = describePermission(removed);
      this.tried.push(removed.action);
      return work().finally(() => (this.removed = undefined));
    },
  };
  readonly log = { since: (since: number) => this.decisions.filter(({ at }) => at * 1000 >= since) };

  /** Records the decision on a request. Returns whether it is allowed. */
  request(action: string): boolean {
    const allowed = this.removed !== describePermission(permission(action));
    const statements = allowed ? ['Own'] : [];
    this.decisions.push({
      at: (Date.now() + 1) / 1000,
      role: 'job',
      action,
      resource: '*',
      allowed,
      statements,
    });
    return allowed;
  }
}

async function run({ steps }: Lane): Promise<void> {
  for (const step of steps) await step.run({ update: () => undefined, setTitle: () => undefined });
}

/** Runs the trials of these permissions. A scenario can fail for other reasons, too. */
async function tryAll(
  actions: readonly string[],
  scenarios: Readonly<Record<string, (stage: FakeStage) => void>>,
) {
  const stage = new FakeStage();
  const trials = new Trials(stage.policies, stage.log);
  const pipeline = {
    title: 'fake',
    bench: stage.bench,
    scenarios: Object.entries(scenarios).map(([name, act]) => ({
      name,
      run: () =>
        Promise.resolve().then(() => {
          act(stage);
        }),
    })),
    permissions: actions.map(permission),
    settle: () => Promise.resolve(void (stage.settled += 1)),
  };
  await run(trials.baseLane(pipeline));
  await run(trials.removalLane(pipeline));
  return { stage, results: trials.results() };
}

function must(isAllowed: boolean): true {
  if (!isAllowed) throw new Error('AccessDenied');
  return isAllowed;
}

test('A permission is needed if a scenario fails without it, and the stage is reset afterwards.', async () => {
  const { results, stage } = await tryAll(['s3:GetObject'], {
    'a job runs': (on) => void must(on.request('s3:GetObject')),
  });
  expect(results).toEqual([{ ...permission('s3:GetObject'), neededBy: 'a job runs', survived: [] }]);
  expect(stage.settled).toBe(1);
});

test('A permission that no scenario uses is not removed, because the decisions show that it is not needed.', async () => {
  const { results, stage } = await tryAll(['s3:PutObject'], {
    'a job runs': (on) => void must(on.request('s3:GetObject')),
  });
  expect(results).toEqual([{ ...permission('s3:PutObject'), survived: [] }]);
  expect(stage.tried).toEqual([]);
});

test('Every scenario that uses a permission runs without it until one fails.', async () => {
  const { results } = await tryAll(['s3:GetObject'], {
    'a job looks': (on) => void on.request('s3:GetObject'),
    'a job looks again': (on) => void on.request('s3:GetObject'),
  });
  expect(results[0]!.neededBy).toBeUndefined();
  expect([...results[0]!.survived].sort()).toEqual(['a job looks', 'a job looks again']);
});

test('A scenario that fails without a denied request proves nothing.', async () => {
  let runs = 0;
  const { results } = await tryAll(['s3:GetObject'], {
    'a job runs': (on) => {
      // The second run fails before the request.
      if ((runs += 1) === 2) throw new Error('the disk is full');
      on.request('s3:GetObject');
    },
  });
  expect(results[0]!.neededBy).toBeUndefined();
  expect(results[0]!.problem).toContain('the disk is full');
});

test('A scenario that fails with all permissions ends the lane.', async () => {
  const broken = tryAll([], { 'a job runs': () => void must(false) });
  await expect(broken).rejects.toThrow('AccessDenied');
});
