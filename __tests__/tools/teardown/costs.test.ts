import { EMRClient } from '@aws-sdk/client-emr';
import { Names } from '../../../config/names';
import { parseSettings } from '../../../config/settings';
import { hourlyCost } from '../../../tools/teardown/costs';
import type { Target } from '../../../tools/aws/target';

const settings = parseSettings({});

/** A target whose cluster has instances of these types, or whose EMR refuses to tell. */
function targetWith(types: readonly string[] | 'refused'): Target {
  const account = '111111111111';
  return {
    ...{ kind: 'aws', account, region: 'us-east-1', stage: 'dev', settings, terraformEnv: {} },
    ...{ names: new Names(settings, account), description: 'a test' },
    client: (Client) => {
      const client = new Client({
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        ...{ retryMode: 'standard', maxAttempts: 1 },
      });
      if (!(client instanceof EMRClient)) throw new Error('Only EMR is asked in these tests.');
      client.middlewareStack.add(
        () => () => {
          if (types === 'refused') throw new Error('not authorized');
          const Instances = types.map((InstanceType) => ({ InstanceType }));
          return Promise.resolve({ output: { $metadata: {}, Instances }, response: {} });
        },
        { step: 'finalizeRequest', priority: 'low' },
      );
      return client;
    },
  };
}

const cost = (kind: string, types: readonly string[] | 'refused' = []) =>
  hourlyCost(targetWith(types), { arn: 'arn', kind, id: 'j-1', sources: ['tag'] });

it('adds up the instances of a cluster', async () => {
  const { usd, note } = await cost('EMR cluster', ['m5.xlarge', 'm5.xlarge']);
  expect(usd).toBeCloseTo(0.48);
  expect(note).toContain('m5.xlarge, m5.xlarge');
});

it('guesses no price: it names the type that it has none for', async () => {
  expect(await cost('EMR cluster', ['m5.xlarge', 'x9.huge', 'x9.huge'])).toEqual({
    ...{ usd: undefined, note: 'no price of x9.huge is known here' },
  });
});

it('says why there is no number when AWS does not tell', async () => {
  expect(await cost('EMR cluster', 'refused')).toEqual({ usd: undefined, note: 'not authorized' });
});

it('spreads a monthly price over its hours, and takes what costs nothing for free', async () => {
  expect((await cost('KMS key')).usd).toBeCloseTo(1 / 730);
  expect(await cost('IAM role')).toEqual({ usd: 0 });
});

it('has no price for what no stack makes', async () => {
  expect((await cost('EC2 instance')).usd).toBeUndefined();
});
