import { taskEnvironment } from '../support/local-deployment';
import { requireTask } from '../support/local-run';

interface Shown {
  readonly stacks: readonly { readonly stage: string; readonly stack: string; readonly resources: number }[];
  readonly running: {
    readonly application: { readonly state: string; readonly jobRuns: readonly { readonly state: string }[] };
    readonly executions: readonly { readonly pipeline: string; readonly status: string }[];
    readonly compute: readonly unknown[];
    readonly errors: readonly { readonly uri: string }[];
    readonly cost: { readonly usdPerHour: number; readonly unknown: readonly string[] };
  } | null;
}

async function status(...options: readonly string[]): Promise<Shown> {
  const { stdout } = await requireTask('status', ['--local', '--json', ...options], taskEnvironment());
  return JSON.parse(stdout) as Shown;
}

describe('npm run status', () => {
  test('shows both stacks, what ran on them and what they cost while nothing runs.', async () => {
    const { stacks, running } = await status();
    expect(stacks.map(({ stage, stack }) => `${stage} ${stack}`)).toEqual(['dev clicklogger', 'dev covid']);
    expect(stacks.every(({ resources }) => resources > 50)).toBe(true);
    expect(new Set(running!.executions.map(({ pipeline }) => pipeline))).toEqual(
      new Set(['clicklogger', 'covid']),
    );
    expect(running!.application.jobRuns.length).toBeGreaterThan(0);
    expect(running!.compute).toEqual([]);
    expect(running!.errors).toHaveLength(3);
    expect(running!.cost.usdPerHour).toBeGreaterThan(0);
    expect(running!.cost.unknown).toEqual([]);
  });

  test('reports that a stage is not deployed.', async () => {
    const { stacks, running } = await status('--stage', 'other');
    expect(stacks).toHaveLength(2);
    expect(running).toBeNull();
  });
});
