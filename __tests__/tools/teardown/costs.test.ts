import { hourlyCost } from '../../../tools/teardown/costs';
import { fakeTarget } from '../../support/fake-target';

const cost = (kind: string, instanceTypes: readonly string[] = []) => {
  const Instances = instanceTypes.map((InstanceType) => ({ InstanceType }));
  return hourlyCost(fakeTarget({ ListInstancesCommand: () => ({ Instances }) }), { kind, id: 'j-1' });
};

test('The cost of a cluster is the sum of its instances.', async () => {
  const { usd, note } = await cost('EMR cluster', ['m5.xlarge', 'm5.xlarge']);
  expect(usd).toBeCloseTo(0.48);
  expect(note).toContain('m5.xlarge, m5.xlarge');
});

test('An instance type with an unknown price is named, not estimated.', async () => {
  expect(await cost('EMR cluster', ['m5.xlarge', 'x9.huge', 'x9.huge'])).toEqual({
    usd: undefined,
    note: 'the price of x9.huge is unknown',
  });
});

test('When a request to AWS fails, the cost is unknown and its note is the error.', async () => {
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

test('The hourly cost of a KMS key is its monthly price by hours, a role is free, an EC2 instance has no price.', async () => {
  expect((await cost('KMS key')).usd).toBeCloseTo(1 / 730);
  expect(await cost('IAM role')).toEqual({ usd: 0 });
  expect((await cost('EC2 instance')).usd).toBeUndefined();
});
