import { print } from '../tools/cli/output';
import { CLOCK_FACTOR_HELP, parseClockFactor } from '../tools/local-aws/emulator-process';
import { buildSteps } from '../tools/build/build';
import { ensureLocalAws } from '../tools/local-aws/local-aws';
import { localTarget } from '../tools/aws/target';
import { deployLocally } from '../tools/deploy/local-deployment';
import { PIPELINES } from '../tools/runs/pipeline-inputs';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'local:up',
  summary:
    'Starts the local AWS, deploys the stacks and leaves it running. npm run local:env configures a shell.',
  options: { empty: { type: 'boolean' }, 'clock-factor': { type: 'string' } },
  optionHelp: { '--empty': 'deploy nothing', '--clock-factor N': CLOCK_FACTOR_HELP },
  run: async ({ values }) => {
    const clockFactor = parseClockFactor(values['clock-factor']);
    const progress = new Progress();
    if (!values.empty) await progress.steps(buildSteps(), 2);
    const aws = await progress.step('Start the local AWS', () =>
      ensureLocalAws({ clockFactor, outlive: true }),
    );
    if (!values.empty) await deployLocally(localTarget(aws), PIPELINES, progress);
    aws.keep();
    print(
      `\nThe local AWS is running at ${aws.instance.endpoint} (process ${aws.instance.pid}).\n` +
        'Configure this shell:  eval "$(npm run --silent local:env)"\n' +
        'Stop and erase it:     npm run local:down\n',
    );
    return 0;
  },
});
