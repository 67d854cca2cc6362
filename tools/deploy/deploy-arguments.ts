import { PARALLELISM } from '../terraform/terraform-environment';

/** Options of `cdktf deploy` whose value may be the next word, which then names no stack. */
const TAKE_A_VALUE = new Set([
  ...['--app', '-a', '--output', '-o', '--outputs-file', '--var', '--var-file'],
  ...['--parallelism', '--terraform-parallelism', '--log-level', '--log-file-directory'],
]);

const names = (option: string) => (argument: string) =>
  argument === option || argument.startsWith(`${option}=`);

/** Arguments for `cdktf deploy`: those given, all stacks unless some are named, and our parallelism unless given. */
export function deployArguments(given: readonly string[]): string[] {
  const stacks = given.filter(
    (argument, index) => !argument.startsWith('-') && !TAKE_A_VALUE.has(given[index - 1] ?? ''),
  );
  return [
    'deploy',
    ...(stacks.length === 0 ? ['*'] : []),
    ...given,
    ...(given.some(names('--terraform-parallelism')) ? [] : [`--terraform-parallelism=${PARALLELISM}`]),
  ];
}
