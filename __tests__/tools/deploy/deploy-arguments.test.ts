import { deployArguments } from '../../../tools/deploy/deploy-arguments';

test.each([
  ['select all stacks by default', '', '* --terraform-parallelism=30 --output=/own'],
  ['keep named stacks', 'covid clicklogger', 'covid clicklogger --terraform-parallelism=30 --output=/own'],
  [
    'distinguish values of options from stacks',
    '--var a=b --auto-approve',
    '* --var a=b --auto-approve --terraform-parallelism=30 --output=/own',
  ],
  ['keep a specified parallelism', '--terraform-parallelism 5', '* --terraform-parallelism 5 --output=/own'],
  [
    'keep a parallelism that is specified with =',
    '--terraform-parallelism=5',
    '* --terraform-parallelism=5 --output=/own',
  ],
  ['keep a specified folder', '-o mine --terraform-parallelism=5', '* -o mine --terraform-parallelism=5'],
] as const)('The arguments of cdktf deploy %s.', (_, given, expected) => {
  expect(deployArguments(given.split(' ').filter(Boolean), '/own')).toEqual([
    'deploy',
    ...expected.split(' '),
  ]);
});
