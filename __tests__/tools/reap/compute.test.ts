import type { LiveCompute } from '../../../handlers/reaper/compute';
import { clusterCostSoFar, costSoFar, type ObservedCompute } from '../../../tools/reap/live-compute';
import { renderCompute, toFacts } from '../../../tools/reap/presentation';
import { fakeTarget } from '../../support/fake-target';

const target = fakeTarget(
  {},
  { settings: { EMR_ARCHITECTURE: 'x86_64', EMR_MAX_VCPU: '10', EMR_MAX_MEMORY_GB: '40' } },
);
const NOW = new Date('2026-03-04T10:00:00Z');
const jobRun: LiveCompute = {
  kind: 'job run',
  id: '00fjob',
  name: 'run-1',
  state: 'RUNNING',
  createdAt: new Date('2026-03-04T09:30:00Z'),
  executionArn: 'arn:aws:states:us-east-1:123456789012:execution:machine:run-1',
};

const observed = (live: Partial<LiveCompute>, isOrphan: boolean): ObservedCompute => ({
  live: { ...jobRun, ...live },
  compute: { findLive: () => Promise.resolve([]), end: () => Promise.resolve() },
  isOrphan,
  ageMs: 1_800_000,
  cost: { usd: 0.3787, usdPerHour: 0.7574, notes: ['at most'] },
});

describe('The cost so far', () => {
  test('of a job run is the cost of the maximum capacity of its application.', async () => {
    // 10 vCPU at 0.052624 and 40 GB at 0.0057785 USD an hour, half an hour.
    expect(await costSoFar(target, jobRun, NOW)).toEqual({
      usd: 0.3787,
      usdPerHour: 0.7574,
      notes: ["maximum: the application's capacity of 10 vCPU and 40 GB"],
    });
  });

  test('of a cluster includes terminated instances; the next hour costs only the running ones.', () => {
    const at = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
    const there = { type: 'm5.xlarge', isSpot: false, startedAt: at(60), endedAt: undefined };
    const instances = [there, { ...there, endedAt: at(30) }, { ...there, startedAt: undefined }];
    expect(clusterCostSoFar(instances, NOW, 'us-east-1')).toEqual({ usd: 0.36, usdPerHour: 0.24, notes: [] });
  });
});

describe('The list of running compute', () => {
  test('names the owner, or why there is none.', () => {
    const lines = renderCompute([
      observed({}, false),
      observed({ id: 'stopped' }, true),
      observed({ id: 'manual', executionArn: undefined }, true),
    ]).split('\n');
    expect(lines[2]).toMatch(/^job run +00fjob +RUNNING +30 min 00 s +0\.3787 USD +execution run-1$/);
    expect(lines[3]).toMatch(/ stopped .* none: execution run-1 is not running$/);
    expect(lines[4]).toMatch(/ manual .* none: not started by a workflow$/);
    // All three have the same note.
    expect(lines.slice(5)).toEqual(['Cost: at most.']);
  });

  test('contains all fields as JSON.', () => {
    expect(toFacts(observed({ executionArn: undefined }, true))).toEqual({
      kind: 'job run',
      id: '00fjob',
      name: 'run-1',
      state: 'RUNNING',
      createdAt: '2026-03-04T09:30:00.000Z',
      ageSeconds: 1800,
      executionArn: null,
      isOrphan: true,
      costUsd: 0.3787,
      usdPerHour: 0.7574,
      notes: ['at most'],
    });
  });
});
