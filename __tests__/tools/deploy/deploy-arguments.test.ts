import { deployArguments } from '../../../tools/deploy/deploy-arguments';

test.each([
  ['deploys all stacks when none is named', '', '* --terraform-parallelism=30 --output=/own'],
  [
    'deploys the named stacks',
    'covid clicklogger',
    'covid clicklogger --terraform-parallelism=30 --output=/own',
  ],
  [
    'does not take the value of an option for a stack',
    '--var a=b --auto-approve',
    '* --var a=b --auto-approve --terraform-parallelism=30 --output=/own',
  ],
  [
    'keeps a parallelism that was given',
    '--terraform-parallelism 5',
    '* --terraform-parallelism 5 --output=/own',
  ],
  [
    'keeps a parallelism given with =',
    '--terraform-parallelism=5',
    '* --terraform-parallelism=5 --output=/own',
  ],
  [
    'keeps a folder that was given',
    '-o mine --terraform-parallelism=5',
    '* -o mine --terraform-parallelism=5',
  ],
] as const)('%s.', (_, given, expected) => {
  expect(deployArguments(given.split(' ').filter(Boolean), '/own')).toEqual([
    'deploy',
    ...expected.split(' '),
  ]);
});
