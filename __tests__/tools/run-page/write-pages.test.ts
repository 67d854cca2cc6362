import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterFacts } from '../../../handlers/shared/compute/cluster-facts';
import { jobRunFacts } from '../../../handlers/shared/compute/job-run-facts';
import type { JobStatus } from '../../../handlers/shared/compute/job-run-status';
import type { Notice } from '../../../handlers/shared/notification/notice';
import type { Target } from '../../../tools/aws/target';
import { TaskError } from '../../../tools/cli/errors';
import type { ClickRun } from '../../../tools/runs/click-pipeline';
import type { CovidRun } from '../../../tools/runs/covid-pipeline';
import { RunFailed } from '../../../tools/runs/execution';
import type { PipelineEnds } from '../../../tools/runs/pipeline-runs';
import { recordFailure, recordSuccess } from '../../../tools/run-page/collect-record';
import type { RunRecord } from '../../../tools/run-page/run-record';
import { writePages } from '../../../tools/run-page/write-pages';
import { fakeTarget } from '../../support/fake-target';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const ARN = 'arn:aws:states:us-east-1:123456789012:execution:machine:run-1';
const START = new Date('2026-03-04T10:00:00Z');
const at = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

const definition = JSON.stringify({
  StartAt: 'Start',
  States: {
    Start: { Type: 'Task', Next: 'Done', Catch: [{ Next: 'Failed' }] },
    Done: { Type: 'Succeed' },
    Failed: { Type: 'Fail' },
  },
});

const enter = (name: string, seconds: number) => ({
  type: 'TaskStateEntered',
  timestamp: at(seconds),
  stateEnteredEventDetails: { name },
});

/** An execution with a failed attempt in Start that ended in `last` after 12 seconds. */
function targetOf(last: 'Done' | 'Failed', kind: Target['kind'] = 'aws'): Target {
  const ended =
    last === 'Done'
      ? { status: 'SUCCEEDED' }
      : { status: 'FAILED', error: 'JobRunFailed', cause: 'no column user' };
  return fakeTarget(
    {
      DescribeExecutionCommand: () => ({
        ...ended,
        startDate: START,
        stopDate: at(12),
        input: '{"InputDate":"2026-03-02"}',
      }),
      DescribeStateMachineForExecutionCommand: () => ({ definition }),
      GetExecutionHistoryCommand: () => ({
        events: [
          { type: 'ExecutionStarted', timestamp: START },
          enter('Start', 1),
          { type: 'TaskFailed', timestamp: at(4) },
          { type: 'TaskStateExited', timestamp: at(10), stateExitedEventDetails: { name: 'Start' } },
          enter(last, 11),
        ],
      }),
      ListApplicationsCommand: () => ({ applications: [] }),
    },
    { kind },
  );
}

/** The stored record of the only page. */
async function recordOf(target: Target, ends: PipelineEnds): Promise<RunRecord> {
  const { pages } = await writePages(target, ends, folder);
  const page = pages[0]?.replace(/^Page of \w+: /, '') ?? '';
  expect(readFileSync(page, 'utf8')).toContain('<!doctype html>');
  return JSON.parse(readFileSync(join(page, '../run.json'), 'utf8')) as RunRecord;
}

function factOf({ facts }: RunRecord, wanted: string): string | undefined {
  return facts.find(({ name }) => name === wanted)?.value;
}

const clickRun: ClickRun = {
  executionArn: ARN,
  seconds: 12,
  deliveredFile: 's3://delivery/file.parquet',
  result: {
    status: 'SUCCEEDED',
    report: 's3://output/response.md',
    jobRunId: '00fjob',
    costUsd: 0.0039,
    billed: { vCpuHours: 0.067 },
  },
  tally: { read: 4, counted: 3, rejected: 1, reasons: 'missing callerid: 1', place: 's3://output/rejected/' },
  ingestion: {
    status: 'partly-stored',
    accepted: 3,
    rejected: [0, 1].map((index) => ({ index, field: 'type', reason: 'is blank' })),
  },
  report: '|createdTime|callerid|component|count|\n|---|---|---|---:|\n|2026-03-02|app|login|3|\n',
};

test('The record of a click run has its path, rows, cost, rejected clicks and links.', async () => {
  const record = await recordOf(targetOf('Done'), { runs: { clicklogger: clickRun }, failures: {} });
  expect(record.execution?.visits).toEqual([
    { state: 'Start', from: 1, to: 10, failures: 1 },
    { state: 'Done', from: 11, to: 12, failures: 0 },
  ]);
  expect(record.execution?.states[0]?.next).toEqual([
    { to: 'Done', kind: 'next' },
    { to: 'Failed', kind: 'catch' },
  ]);
  expect(record.rows).toMatchObject({ read: 4, counted: 3, rejected: 1, reasons: { 'missing callerid': 1 } });
  expect(record.cost).toEqual({
    amount: '0.003900 USD',
    notes: [],
    billed: [{ name: 'vCPU hours', value: '0.067' }],
  });
  expect(record.rerun).toBe('npm run exec -- clicklogger --stage dev --date 2026-03-02');
  expect(record.notes).toEqual(['Rejected by the ingestion Lambda, 2 times: type: is blank']);
  expect(record.facts.find(({ name }) => name === 'Accepted')?.value).toBe('3 of 5 clicks');
  expect(factOf(record, 'Spark UI')).toBe('npm run status -- --stage dev --spark-ui 00fjob');
  expect(record.facts.find(({ name }) => name === 'Report')?.url).toContain(
    'https://us-east-1.console.aws.amazon.com/s3/object/output',
  );
});

test('The record of a covid run has its report, rows by reason and instances by kind.', async () => {
  const use = { type: 'm7g.xlarge', startedAt: at(0), endedAt: at(60) };
  const covid: CovidRun = {
    executionArn: ARN,
    seconds: 12,
    source: 's3://data/raw/x.csv',
    result: { status: 'SUCCEEDED', clusterId: 'j-1' },
    report: 'state,month\nAK,2021-01\n',
    cost: { usd: 0.01, notes: [] },
    instances: [true, true, false].map((isSpot) => ({ ...use, isSpot })),
    summary: {
      rows: { read: 5, counted: 3, rejected: 2 },
      rejected_by_reason: { duplicate: 2 },
      report_rows: 1,
      period: null,
      states: ['AK'],
      notes: ['x.csv has no ICU beds'],
    },
  };
  const record = await recordOf(targetOf('Done', 'local'), { runs: { covid }, failures: {} });
  const { report } = await recordSuccess(targetOf('Done', 'local'), covid);
  expect(report).toEqual({ header: ['state', 'month'], rows: [['AK', '2021-01']] });
  expect(record.rows).toEqual({ read: 5, counted: 3, rejected: 2, reasons: { duplicate: 2 } });
  expect(record.cost.billed).toEqual([
    { name: '2 × m7g.xlarge, Spot', value: '2 min 00 s in total' },
    { name: '1 × m7g.xlarge, On-Demand', value: '1 min 00 s in total' },
  ]);
  expect(record.facts.filter(({ url }) => url !== undefined)).toEqual([]);
  expect(factOf(record, 'Spark UI')).toBeUndefined();
  expect(record.notes).toEqual(['x.csv has no ICU beds']);
});

test('A failed execution has a page with its error, its cause and the command that runs it again.', async () => {
  const ends = { runs: {}, failures: { clicklogger: new RunFailed(ARN, 'failed') } };
  const record = await recordOf(targetOf('Failed'), ends);
  expect(record.failure).toMatchObject({ error: 'JobRunFailed', reason: 'no column user' });
  expect(record).toMatchObject({
    status: 'FAILED',
    rerun: 'npm run exec -- clicklogger --stage dev --date 2026-03-02',
  });
  const { failures } = await writePages(targetOf('Failed'), ends, folder);
  expect(failures[0]).toContain('Run it again: npm run exec -- clicklogger');
});

test.each([
  [
    '00fjob',
    jobRunFacts('00fjob', { state: 'FAILED', logs: { driverStderrTail: [] } } as unknown as JobStatus),
  ],
  [
    'j-1',
    clusterFacts({ Id: 'j-1' }, undefined, { folder: undefined, log: undefined }, { usd: 0, notes: [] }),
  ],
])('The page of a failed execution has the command for the Spark UI of %s.', async (id, compute) => {
  const execution = { executionArn: ARN, status: 'FAILED', startedAt: START, stoppedAt: at(12) };
  const notice = { pipeline: 'x', execution, compute, rerun: '' } as unknown as Notice;
  const record = await recordFailure(targetOf('Failed'), 'covid', notice);
  expect(factOf(record, 'Spark UI')).toBe(`npm run status -- --stage dev --spark-ui ${id}`);
});

test.each([
  ['the job failed: no column user\nCost so far: 1 USD', 'no column user', 'no column user'],
  ['I changed my mind', 'The job run ended CANCELLED.', 'I changed my mind\nThe job run ended CANCELLED.'],
  ['I changed my mind', null, 'I changed my mind'],
  [undefined, 'The job run ended CANCELLED.', 'The job run ended CANCELLED.'],
  [undefined, null, 'The execution has no cause.'],
  ['', null, 'The execution has no cause.'],
])(
  'The page of a run with the cause %j and the reason %j of its job shows %j.',
  async (cause, reason, shown) => {
    const status = { state: 'CANCELLED', reason, logs: { driverStderrTail: [] } } as unknown as JobStatus;
    const execution = { executionArn: ARN, status: 'ABORTED', startedAt: START, stoppedAt: at(12), cause };
    const notice = { pipeline: 'x', execution, compute: jobRunFacts('00f', status), rerun: '' };
    const record = await recordFailure(targetOf('Failed'), 'clicklogger', notice as unknown as Notice);
    expect(record.failure?.reason).toBe(shown);
  },
);

test('A run that failed outside of its workflow has a page with its message.', async () => {
  const ends = { runs: {}, failures: { covid: new TaskError('raw/ has data of the other kind') } };
  const record = await recordOf(targetOf('Failed'), ends);
  expect(record.failure?.reason).toBe('raw/ has data of the other kind');
  expect(record.execution).toBeUndefined();
});

test('A page that cannot be written is reported, and is not a failure of the run.', async () => {
  const target = fakeTarget({
    DescribeExecutionCommand: () => {
      throw new TaskError('no permission');
    },
  });
  expect(await writePages(target, { runs: { clicklogger: clickRun }, failures: {} }, folder)).toEqual({
    pages: ['The page of clicklogger could not be written: no permission'],
    failures: [],
  });
});
