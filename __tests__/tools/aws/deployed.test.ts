import { parseStateName } from '../../../tools/aws/deployed';

test.each([
  ['clicklogger-dev-us-east-1-covid.tfstate', { stage: 'dev', region: 'us-east-1', stack: 'covid' }],
  ['clicklogger-dev-us-gov-west-1-a-b.tfstate', { stage: 'dev', region: 'us-gov-west-1', stack: 'a-b' }],
])('The name %s of a Terraform state has stage, region and stack.', (name, parts) => {
  expect(parseStateName(name, 'clicklogger')).toEqual({ name, ...parts });
});

test.each([
  'clicklogger-dev-us-east-1-covid.tfstate.backup',
  'shop-dev-us-east-1-covid.tfstate',
  // Of an application called clicklogger-next.
  'clicklogger-next-dev-us-east-1-covid.tfstate',
  'clicklogger-dev-qa-us-east-1-covid.tfstate',
  'clicklogger-us-east-1-covid.tfstate',
  'notes.txt',
])('The name %s is not that of a Terraform state of this application.', (name) => {
  expect(parseStateName(name, 'clicklogger')).toBeUndefined();
});
