import { clusterCost, type InstanceUse } from '../../../../handlers/shared/compute/cluster-cost';

const START = new Date('2026-03-04T10:00:00Z');
const later = (minutes: number): Date => new Date(START.getTime() + minutes * 60_000);
const use = (changes: Partial<InstanceUse> = {}): InstanceUse => ({
  type: 'm5.xlarge',
  isSpot: false,
  startedAt: START,
  endedAt: undefined,
  ...changes,
});

describe('The cost of a cluster', () => {
  test('contains the prices of EC2 and EMR for the duration of each instance.', () => {
    // 0.192 + 0.048 USD an hour.
    expect(clusterCost([use()], later(60), 'us-east-1')).toEqual({ usd: 0.24, notes: [] });
    const ended = use({ endedAt: later(30) });
    expect(clusterCost([use(), ended], later(60), 'us-east-1').usd).toBe(0.36);
  });

  test('contains at least one minute for each instance that has started.', () => {
    expect(clusterCost([use({ endedAt: later(0.1) })], later(60), 'us-east-1').usd).toBe(0.004);
    expect(clusterCost([use({ startedAt: undefined })], later(60), 'us-east-1').usd).toBe(0);
    expect(clusterCost([], later(60), 'us-east-1')).toEqual({ usd: 0, notes: [] });
  });

  test('is unknown when the price of one instance type is unknown.', () => {
    const cost = clusterCost(
      [use(), use({ type: 'z9.huge' }), use({ type: 'z9.huge' })],
      later(60),
      'us-east-1',
    );
    expect(cost).toEqual({ usd: null, notes: ['unknown price of z9.huge'] });
  });

  test('lists the instance types with an estimated price.', () => {
    const { usd, notes } = clusterCost([use({ type: 'r6g.xlarge' }), use()], later(60), 'us-east-1');
    expect(usd).toBe(0.492);
    expect(notes).toEqual(['estimated price of r6g.xlarge']);
  });

  test('has notes about Spot Instances and the region of the prices.', () => {
    expect(clusterCost([use({ isSpot: true })], later(60), 'eu-west-1')).toEqual({
      usd: 0.24,
      notes: ['maximum: Spot Instances at On-Demand prices', 'at the prices of us-east-1'],
    });
  });
});
