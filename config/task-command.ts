import type { Settings } from './settings';

/**
 * The options with which another task works in the same place: `['--stage dev', '--local']`.
 *
 * @param stage undefined for that of the settings
 */
export function placeOptions(stage: string | undefined, target: Settings['target']): string[] {
  return [...(stage === undefined ? [] : [`--stage ${stage}`]), ...(target === 'local' ? ['--local'] : [])];
}

/** The command that deploys both stacks and runs nothing. */
export function deployCommand(stage: string, target: Settings['target']): string {
  return `STAGE=${stage} npm run ${target === 'local' ? 'local:up' : 'deploy'}`;
}

/** The command that runs a pipeline again where it ran; that of the click pipeline takes `--date` too. */
export function rerunCommand(
  { stage, target }: Pick<Settings, 'stage' | 'target'>,
  pipeline: 'clicklogger' | 'covid' | 'all',
): string {
  return ['npm run exec --', pipeline, ...placeOptions(stage, target)].join(' ');
}

/** The command that asks for the address of the Spark UI of a job run or cluster. */
export function sparkUiCommand(stage: string, id: string): string {
  return `npm run status -- --stage ${stage} --spark-ui ${id}`;
}
