import type { Settings } from './settings';

/**
 * Options for another task on the same deployment: `['--stage dev', '--local']`.
 *
 * @param stage undefined for the stage of the settings
 */
export function placeOptions(stage: string | undefined, target: Settings['target']): string[] {
  return [...(stage === undefined ? [] : [`--stage ${stage}`]), ...(target === 'local' ? ['--local'] : [])];
}

/** Command that deploys both stacks without a run. */
export function deployCommand(stage: string, target: Settings['target']): string {
  return `STAGE=${stage} npm run ${target === 'local' ? 'local:up' : 'deploy'}`;
}

/** Command that runs a pipeline again on the same deployment; for the click pipeline it also accepts `--date`. */
export function rerunCommand(
  { stage, target }: Pick<Settings, 'stage' | 'target'>,
  pipeline: 'clicklogger' | 'covid' | 'all',
): string {
  return ['npm run exec --', pipeline, ...placeOptions(stage, target)].join(' ');
}

/** Command that shows the URL of the Spark UI of a job run or cluster. */
export function sparkUiCommand(stage: string, id: string): string {
  return `npm run status -- --stage ${stage} --spark-ui ${id}`;
}
