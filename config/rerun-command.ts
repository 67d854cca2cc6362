import type { Settings } from './settings';

/** The command that runs a pipeline again where it ran; that of the click pipeline takes `--date` besides. */
export function rerunCommand(
  { stage, target }: Pick<Settings, 'stage' | 'target'>,
  pipeline: 'clicklogger' | 'covid',
): string {
  return `npm run exec -- ${pipeline} --stage ${stage}${target === 'local' ? ' --local' : ''}`;
}
