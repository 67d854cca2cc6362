import { parseStateName } from '../../../tools/aws/deployed';

const OURS = { appPrefix: 'clicklogger', region: 'us-east-1' };

describe('the name of a Terraform state', () => {
  it('tells stage and stack', () => {
    expect(parseStateName('clicklogger-dev-us-east-1-covid.tfstate', OURS)).toEqual({
      stage: 'dev',
      stack: 'covid',
    });
  });

  it.each([
    'clicklogger-dev-us-east-1-covid.tfstate.backup',
    'clicklogger-dev-eu-west-1-covid.tfstate',
    'shop-dev-us-east-1-covid.tfstate',
    // Of an application called clicklogger-next.
    'clicklogger-next-dev-us-east-1-covid.tfstate',
    'clicklogger-us-east-1-covid.tfstate',
    'notes.txt',
  ])('%s is none of ours', (name) => {
    expect(parseStateName(name, OURS)).toBeUndefined();
  });
});
