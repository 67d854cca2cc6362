import type { ObservedCompute } from '../../../tools/reap/live-compute';
import { TASK_LIMITS } from '../../../tools/aws/request-limits';
import type { Running, Status } from '../../../tools/status/collect';
import { allProblems, renderStatus, toJson } from '../../../tools/status/presentation';
import { hourlyTotal } from '../../../tools/status/costs';
import { fakeTarget } from '../../support/fake-target';

const target = fakeTarget(
  {},
  { account: '000000000000', description: 'stage dev in the local AWS, us-east-1' },
);
const NOW = new Date('2026-03-04T10:00:00Z');
const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:clicklogger-dev-state-machine:run-1';

const orphan = (usdPerHour: number | null): ObservedCompute => ({
  live: {
    kind: 'cluster',
    id: 'j-1',
    name: 'clicklogger-dev-covid-x',
    state: 'WAITING',
    createdAt: new Date('2026-03-04T09:00:00Z'),
    executionArn: undefined,
  },
  compute: { findLive: () => Promise.resolve([]), end: () => Promise.resolve() },
  isOrphan: true,
  ageMs: 3_600_000,
  cost: { usd: usdPerHour, usdPerHour, notes: usdPerHour === null ? ['unknown price of z9.huge'] : [] },
});

type Values = {
  readonly [Name in keyof Running]: Extract<Running[Name], { readonly value: unknown }>['value'];
};

const idle: Values = {
  application: { id: '00f1', state: 'STOPPED', jobRuns: [] },
  executions: [],
  failures: [],
  compute: [],
  clusters: [],
  startingPoints: [],
  errors: [],
  rejectedClicks: undefined,
  standing: [{ kind: 'KMS key', count: 1, usdPerHour: 0.0014, unknown: [], failed: [] }],
};

const runningOf = (values: Partial<Values>): Running =>
  Object.fromEntries(
    Object.entries({ ...idle, ...values }).map(([name, value]) => [name, { value }]),
  ) as unknown as Running;

function statusOf(running: Partial<Values> | undefined): Status {
  const deployed = [{ stage: 'dev', stack: 'covid', resources: [] }];
  return {
    at: NOW,
    deployed: { value: running === undefined ? [] : deployed },
    running: running === undefined ? undefined : runningOf(running),
  };
}

const render = (running: Partial<Values> | undefined): string => renderStatus(target, statusOf(running));

describe('npm run status', () => {
  test('reports that nothing is deployed, with the command that deploys.', () => {
    const text = render(undefined);
    expect(text).toContain(
      'Nothing is deployed: no Terraform state of stage dev in the local AWS, us-east-1',
    );
    expect(text).toContain('npm run exec -- all --stage dev --local');
    expect(toJson(target, statusOf(undefined))).toMatchObject({ stacks: [], running: null });
  });

  test('shows the application and the cost of an idle stage.', () => {
    const text = render({});
    expect(text).toContain('EMR Serverless application 00f1: STOPPED');
    expect(text).toContain('No job run and no cluster is running.');
    expect(text).toContain('Current cost: about 0.0014 USD per hour');
    expect(text).not.toContain('npm run reap');
  });

  test('shows orphaned compute with the command that ends it.', () => {
    const text = render({ compute: [orphan(0.7)] });
    expect(text).toMatch(/cluster +j-1 +WAITING +1 h 00 min +0\.7000 USD +none: not started by a workflow/);
    expect(text).toContain('npm run reap -- --stage dev --local');
    expect(text).toContain('Current cost: about 0.7014 USD per hour');
  });

  test('shows executions with the reason of a failure, and the full description of the last failure.', () => {
    const execution = {
      pipeline: 'clicklogger' as const,
      executionArn: EXECUTION,
      status: 'FAILED',
      startedAt: new Date('2026-03-04T09:58:00Z'),
      stoppedAt: new Date('2026-03-04T09:59:05Z'),
      reason: `JobRunFailed: ${'x'.repeat(200)}`,
    };
    const text = render({ executions: [execution], failures: ['The pipeline failed.\n\nReason: why\n'] });
    expect(text).toMatch(/clicklogger +run-1 +FAILED +2026-03-04 09:58 +1 min 05 s +JobRunFailed: x+…/);
    expect(text).toContain('Reason: why');
    expect(text).toContain(`get-execution-history --execution-arn ${EXECUTION}`);
  });

  test('shows schedules in words, enabled ones with their next times.', () => {
    const next = [new Date('2026-03-05T06:00:00Z'), new Date('2026-03-06T06:00:00Z')];
    const text = render({
      startingPoints: [
        { name: 'daily', enabled: true, when: 'every day at 06:00 (UTC)', next },
        { name: 'upload', enabled: false, when: 'an event', next: [] },
      ],
    });
    expect(text).toMatch(/daily +on +every day at 06:00 \(UTC\) +2026-03-05 06:00, 2026-03-06 06:00/);
    expect(text).toMatch(/upload +off +an event/);
  });

  test('counts the objects with rejected records and names the newest.', () => {
    const uri = 's3://bucket/errors/';
    const newest = { key: 'errors/format-conversion-failed/x', at: NOW };
    const text = render({ errors: [{ uri, what: 'clicks', count: 1000, hasMore: true, newest }] });
    expect(text).toMatch(
      /clicks +1000\+ +s3:\/\/bucket\/errors\/ +format-conversion-failed\/x 2026-03-04 10:00/,
    );
  });

  test('shows the rejected clicks of the newest report.', () => {
    const place = 's3://output/rejected/2026/03/04/';
    const tally = { read: 10, counted: 4, rejected: 6, reasons: 'missing callerid: 6', place };
    expect(render({ rejectedClicks: tally })).toContain(
      `Newest click report: 6 of 10 records rejected by the job (missing callerid: 6), see ${place}`,
    );
  });

  test.each(Object.keys(idle))('shows why %s is unknown, and all other parts.', (name) => {
    const status = statusOf({});
    const broken = { ...status, running: { ...status.running!, [name]: { problem: 'EMR hangs' } } };
    const [text, whole] = [renderStatus(target, broken), renderStatus(target, status)];
    expect(text).toMatch(/unknown: .*EMR hangs/i);
    const others = whole.split('\n').filter((line) => !text.includes(line));
    // The lines of the part, and the total cost.
    expect(others.length).toBeLessThanOrEqual(4);
    expect(toJson(target, broken)).toMatchObject({
      running: { [name]: null },
      problems: { [name]: 'EMR hangs' },
    });
    expect(allProblems(broken)).toEqual({ [name]: 'EMR hangs' });
    expect(allProblems(status)).toEqual({});
  });

  test('shows the same advice of several parts once.', () => {
    const { advice } = TASK_LIMITS.local;
    const problem = `EMR ListClusters got no answer. ${advice}`;
    const status = statusOf({});
    const running = { ...status.running!, clusters: { problem }, compute: { problem } };
    const text = renderStatus(target, { ...status, running });
    expect(text.split(advice)).toHaveLength(2);
    expect(text.endsWith(advice)).toBe(true);
  });

  test('shows the command for another stage.', () => {
    const deployed = { value: [{ stage: 'test', stack: 'covid', resources: [] }] };
    expect(renderStatus({ ...target, kind: 'local' }, { ...statusOf({}), deployed })).toMatch(
      /test +covid +0 +npm run status -- --stage test --local$/m,
    );
  });

  test('reports a problem when the request for a price failed.', () => {
    const failed = ['vpce-1: EC2 got no answer'];
    const standing = [{ kind: 'VPC endpoint', count: 1, usdPerHour: 0, unknown: failed, failed }];
    expect(allProblems(statusOf({ standing }))).toEqual({ standing: 'vpce-1: EC2 got no answer' });
  });

  test('shows the Spark UI commands of the newest job run and cluster, on AWS only.', () => {
    const work = (id: string) => ({ id, name: 'x', state: 'SUCCESS', createdAt: NOW, reason: undefined });
    const application = { id: '00f1', state: 'STOPPED', jobRuns: [work('00fnew'), work('00fold')] };
    const status = statusOf({ application, clusters: [work('j-1')] });
    const commands = renderStatus({ ...target, kind: 'aws' }, status).match(/Spark UI: .*/g);
    expect(commands).toEqual(
      ['00fnew', 'j-1'].map((id) => `Spark UI: npm run status -- --stage dev --spark-ui ${id}`),
    );
    expect(renderStatus(target, status)).not.toContain('Spark UI');
  });

  test('prints JSON with the same parts.', () => {
    const document: unknown = JSON.parse(
      JSON.stringify(toJson(target, statusOf({ compute: [orphan(0.7)] }))),
    );
    expect(document).toMatchObject({
      stage: 'dev',
      target: 'local',
      stacks: [{ stage: 'dev', stack: 'covid', resources: 0 }],
      running: {
        compute: [{ id: 'j-1', isOrphan: true, ageSeconds: 3600, usdPerHour: 0.7, executionArn: null }],
      },
    });
  });
});

test('The hourly total names compute without a known price.', () => {
  expect(hourlyTotal(runningOf({ compute: [orphan(null)] }))).toEqual({
    usdPerHour: 0.0014,
    unknown: ['cluster j-1: unknown price of z9.huge'],
  });
});
