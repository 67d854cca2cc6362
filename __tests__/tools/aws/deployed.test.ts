import { listStates } from '../../../tools/aws/deployed';
import { fakeTarget } from '../../support/fake-target';

async function statesNamed(...names: readonly string[]) {
  const answers = { ListObjectsV2Command: () => ({ Contents: names.map((Key) => ({ Key })) }) };
  return listStates(fakeTarget(answers, { settings: { STATE_BUCKET: 'states' } }));
}

test.each([
  ['clicklogger-dev-us-east-1-covid.tfstate', { stage: 'dev', region: 'us-east-1', stack: 'covid' }],
  ['clicklogger-dev-us-gov-west-1-a-b.tfstate', { stage: 'dev', region: 'us-gov-west-1', stack: 'a-b' }],
])('The state name %s has stage, region and stack.', async (name, parts) => {
  expect(await statesNamed(name)).toEqual([{ name, ...parts }]);
});

test('States of other applications and other files are not listed.', async () => {
  const names = [
    'clicklogger-dev-us-east-1-covid.tfstate.backup',
    'shop-dev-us-east-1-covid.tfstate',
    'clicklogger-next-dev-us-east-1-covid.tfstate',
    'clicklogger-dev-qa-us-east-1-covid.tfstate',
    'clicklogger-us-east-1-covid.tfstate',
    'notes.txt',
  ];
  expect(await statesNamed(...names)).toEqual([]);
});
