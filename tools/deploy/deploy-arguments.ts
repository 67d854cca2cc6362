import { PARALLELISM } from '../terraform/terraform-environment';

/** Options of `cdktf deploy` whose value can be the next argument. */
const TAKE_A_VALUE = new Set<string | undefined>([
  '--app',
  '-a',
  '--output',
  '-o',
  '--outputs-file',
  '--var',
  '--var-file',
  '--parallelism',
  '--terraform-parallelism',
  '--log-level',
  '--log-file-directory',
]);

const names = (option: string) => (argument: string) =>
  argument === option || argument.startsWith(`${option}=`);

/**
 * Adds the defaults to the arguments of `cdktf deploy`: all stacks, the parallelism and the synthesis folder.
 */
export function deployArguments(given: readonly string[], folder: string): string[] {
  const isGiven = (...options: readonly string[]): boolean => options.map(names).some((is) => given.some(is));
  const stacks = given.filter(
    (argument, index) => !argument.startsWith('-') && !TAKE_A_VALUE.has(given[index - 1]),
  );
  return [
    'deploy',
    ...(stacks.length === 0 ? ['*'] : []),
    ...given,
    ...(isGiven('--terraform-parallelism') ? [] : [`--terraform-parallelism=${PARALLELISM}`]),
    ...(isGiven('--output', '-o', '--skip-synth') ? [] : [`--output=${folder}`]),
  ];
}
