import { assessJobRun } from '../../../../handlers/shared/compute/assess-job-run';
import { costOf } from '../../../../handlers/shared/compute/job-run-cost';
import { jobRun } from './job-run';

const x86 = { region: 'us-east-1', architecture: 'x86_64' } as const;
const billedResourceUtilization = { vCPUHour: 2, memoryGBHour: 8, storageGBHour: 10 };
const totalResourceUtilization = { vCPUHour: 1, memoryGBHour: 4, storageGBHour: 1_000 };

describe('cost', () => {
  test('is what AWS billed, at list prices', () => {
    expect(costOf(jobRun({ billedResourceUtilization, totalResourceUtilization }), x86)).toEqual({
      billed: { vCpuHours: 2, memoryGbHours: 8, storageGbHours: 10 },
      // 2 × 0.052624 + 8 × 0.0057785 + 10 × 0.000111
      costUsd: 0.152586,
      estimated: false,
      costNote: null,
    });
  });

  test('is estimated from the resources used, without the free disk, until the bill is there', () => {
    expect(costOf(jobRun({ totalResourceUtilization }), x86)).toEqual({
      billed: null,
      costUsd: 0.075738,
      estimated: true,
      costNote: 'From the resources used: AWS has not published the billed ones yet.',
    });
  });

  test('is unknown, not zero, when nothing is published', () => {
    expect(costOf(jobRun(), x86)).toEqual({
      billed: null,
      costUsd: null,
      estimated: false,
      costNote: 'AWS has not published the usage yet.',
    });
    expect(costOf(jobRun({ billedResourceUtilization: {} }), x86).costUsd).toBeNull();
  });

  test('is labelled an estimate in a region whose prices we do not have', () => {
    const cost = costOf(jobRun({ billedResourceUtilization }), { ...x86, region: 'eu-west-1' });
    expect(cost).toMatchObject({ costUsd: 0.152586, estimated: true });
    expect(cost.costNote).toBe('At the prices of us-east-1, not of eu-west-1.');
  });

  test('on arm64 is a fifth less, and labelled as derived', () => {
    const cost = costOf(jobRun({ billedResourceUtilization }), { ...x86, architecture: 'arm64' });
    expect(cost).toMatchObject({ costUsd: 0.122291, estimated: true });
    expect(cost.costNote).toContain('The arm64 prices are derived');
  });

  test('is not asked for while the run goes on', () => {
    const running = jobRun({ state: 'RUNNING', totalResourceUtilization });
    expect(assessJobRun(running, { stderr: undefined, logUri: undefined, placement: x86 })).toMatchObject({
      billed: null,
      costUsd: null,
      costNote: null,
    });
  });
});
