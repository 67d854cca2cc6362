import { CLOCK_FACTOR_HELP, parseClockFactor } from './lib/clock-factor';
import { buildSteps } from './lib/build';
import { ensureLocalAws } from './lib/local-aws';
import { deployLocally } from './lib/local-deployment';
import { localClients } from './lib/pipeline-clients';
import { PIPELINES } from './lib/pipeline-inputs';
import { Progress } from './lib/progress';
import { runTask } from './lib/task';

void runTask({
  name: 'local:up',
  summary:
    'Starts the local AWS, deploys to it and leaves it running; npm run local:env shows how to reach it.',
  options: { empty: { type: 'boolean' }, 'clock-factor': { type: 'string' } },
  optionHelp: { '--empty': 'deploy nothing', '--clock-factor N': CLOCK_FACTOR_HELP },
  run: async ({ values }) => {
    const clockFactor = parseClockFactor(values['clock-factor']);
    const progress = new Progress();
    if (!values.empty) await progress.steps(buildSteps(), 2);
    const aws = await progress.step('Start the local AWS', () =>
      ensureLocalAws({ clockFactor, outlive: true }),
    );
    const { sfn } = localClients(aws.instance.endpoint, aws.region);
    if (!values.empty) await deployLocally(aws, sfn, PIPELINES, progress);
    aws.keep();
    process.stdout.write(
      `\nThe local AWS answers at ${aws.instance.endpoint} (process ${aws.instance.pid}).\n` +
        'Point this shell at it:  eval "$(npm run --silent local:env)"\n' +
        'Stop and erase it:       npm run local:down\n',
    );
    return 0;
  },
});
