import { hourlyCost } from '../../../tools/teardown/costs';
import { fakeTarget } from '../../support/fake-target';

const cost = (kind: string, instanceTypes: readonly string[] = []) => {
  const Instances = instanceTypes.map((InstanceType) => ({ InstanceType }));
  return hourlyCost(fakeTarget({ ListInstancesCommand: () => ({ Instances }) }), { kind, id: 'j-1' });
};

test('The cost of a cluster is the sum of its instances', async () => {
  const { usd, note } = await cost('EMR cluster', ['m5.xlarge', 'm5.xlarge']);
  expect(usd).toBeCloseTo(0.48);
  expect(note).toContain('m5.xlarge, m5.xlarge');
});

test('An instance type without a known price is named, not estimated', async () => {
  expect(await cost('EMR cluster', ['m5.xlarge', 'x9.huge', 'x9.huge'])).toEqual({
    usd: undefined,
    note: 'no price of x9.huge is known here',
  });
});

test('An unknown cost has the reason for which AWS did not answer', async () => {
  const refusing = fakeTarget({
    ListInstancesCommand: () => {
      throw new Error('not authorized');
    },
  });
  expect(await hourlyCost(refusing, { kind: 'EMR cluster', id: 'j-1' })).toEqual({
    usd: undefined,
    note: 'not authorized',
    hasFailed: true,
  });
});

test('A monthly price is divided by the hours of a month, a role is free, an EC2 instance has no price', async () => {
  expect((await cost('KMS key')).usd).toBeCloseTo(1 / 730);
  expect(await cost('IAM role')).toEqual({ usd: 0 });
  expect((await cost('EC2 instance')).usd).toBeUndefined();
});
