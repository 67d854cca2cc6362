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
  test('is EC2’s price and EMR’s for each instance and the time it was there', () => {
    // 0.192 + 0.048 USD an hour.
    expect(clusterCost([use()], later(60), 'us-east-1')).toEqual({ usd: 0.24, notes: [] });
    const ended = use({ endedAt: later(30) });
    expect(clusterCost([use(), ended], later(60), 'us-east-1').usd).toBe(0.36);
  });

  test('counts a minute at least, and nothing for an instance that is not there yet', () => {
    expect(clusterCost([use({ endedAt: later(0.1) })], later(60), 'us-east-1').usd).toBe(0.004);
    expect(clusterCost([use({ startedAt: undefined })], later(60), 'us-east-1').usd).toBe(0);
    expect(clusterCost([], later(60), 'us-east-1')).toEqual({ usd: 0, notes: [] });
  });

  test('is unknown, not too low, when the price of one instance type is', () => {
    const cost = clusterCost(
      [use(), use({ type: 'z9.huge' }), use({ type: 'z9.huge' })],
      later(60),
      'us-east-1',
    );
    expect(cost).toEqual({ usd: null, notes: ['unknown price of z9.huge'] });
  });

  test('names the types whose price is an estimate', () => {
    const { usd, notes } = clusterCost([use({ type: 'r6g.xlarge' }), use()], later(60), 'us-east-1');
    expect(usd).toBe(0.492);
    expect(notes).toEqual(['estimated price of r6g.xlarge']);
  });

  test('says that Spot is cheaper, and which region’s prices these are', () => {
    expect(clusterCost([use({ isSpot: true })], later(60), 'eu-west-1')).toEqual({
      usd: 0.24,
      notes: ['at most: Spot instances at the price of On-Demand', 'at the prices of us-east-1'],
    });
  });
});
