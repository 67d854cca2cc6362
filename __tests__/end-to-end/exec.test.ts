import { firstRun } from '../support/local-deployment';

interface End {
  readonly confirmed: boolean;
  readonly changes: Readonly<Record<'clicklogger' | 'covid', Readonly<Record<string, number>>>>;
  readonly failures: readonly string[];
  readonly clicklogger: {
    readonly report: string;
    readonly tally: { readonly counted: number; readonly rejected: number };
    readonly seconds: number;
    readonly executionArn: string;
  };
  readonly covid: {
    readonly report: string;
    readonly source: string;
    readonly cost: { readonly usd: number };
  };
}

describe('npm run exec -- all --local --yes, in an empty account,', () => {
  const { exitCode, stdout, stderr } = firstRun();
  const end = JSON.parse(exitCode === 0 ? stdout : 'null') as End;

  test('prints both reports.', () => {
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(end.clicklogger.report).toContain('|OrderingApplication|');
    expect(end.clicklogger.tally).toMatchObject({ read: end.clicklogger.tally.counted, rejected: 0 });
    expect(end.covid.report).toMatch(/^state,month,/);
    expect(end.failures).toEqual([]);
  });

  test('shows the plan of each stack, which only adds, and applies as much.', () => {
    for (const stack of ['clicklogger', 'covid'] as const) {
      const { add, ...others } = end.changes[stack];
      expect(add).toBeGreaterThan(20);
      expect(others).toEqual({ change: 0, destroy: 0, forget: 0, import: 0, move: 0, replace: 0 });
      expect(stderr).toContain(`${stack}: ${add} to add`);
      expect(stderr).toContain(`Deploy: ${add} of ${add} changes`);
    }
  });

  test('creates the roles without which the first run in a new account fails.', () => {
    for (const name of ['AmazonEMRServerless', 'EMRCleanup', 'EC2Spot'])
      expect(stderr).toContain(`The account lacks the role AWSServiceRoleFor${name}`);
    expect(stderr).not.toContain('could not be created');
  });

  test('loads generated hospital data, because raw/ is empty, and reports it.', () => {
    expect(end.covid.source).toContain('/raw/generated-sample_');
    expect(stderr).toContain('raw/ is empty; loaded generated data, marked as such');
  });

  test('shows how long the executions took and what they would have cost.', () => {
    expect(end.clicklogger.seconds).toBeGreaterThan(0);
    expect(end.clicklogger.executionArn).toContain(':execution:clicklogger-dev-state-machine:');
    expect(end.covid.cost.usd).toBeGreaterThan(0);
  });
});
