import { sampleClicks } from '../schemas/click';
import { buildSteps } from './lib/build';
import { readClicks } from './lib/click-file';
import { CLOCK_FACTOR_HELP, parseClockFactor } from './lib/clock-factor';
import { ensureLocalAws } from './lib/local-aws';
import { deployLocally, runPipeline } from './lib/local-pipeline';
import { summarize } from './lib/local-summary';
import { Progress } from './lib/progress';
import { runTask } from './lib/task';

function describeEnd(staysUp: boolean): string {
  return staysUp
    ? 'The local AWS is still running. Point this shell at it: eval "$(npm run --silent local:env)"'
    : 'The local AWS is stopped; what it stored is kept. npm run local:up starts it again, local:down erases it.';
}

void runTask({
  name: 'local',
  summary: `Runs the whole click pipeline on this machine, without an AWS account: builds, starts the local AWS, deploys
with Terraform, sends clicks, runs the workflow and prints its report.`,
  options: {
    clicks: { type: 'string' },
    keep: { type: 'boolean' },
    json: { type: 'boolean' },
    'clock-factor': { type: 'string' },
  },
  optionHelp: {
    '--clicks FILE': 'JSON file with one click or an array of clicks (default: eight samples)',
    '--keep': 'leave the local AWS running (npm run local:down ends it)',
    '--json': 'print the result as JSON; progress goes to standard error',
    '--clock-factor N': CLOCK_FACTOR_HELP,
  },
  run: async ({ values }) => {
    const clicks = values.clicks === undefined ? sampleClicks() : readClicks(values.clicks);
    const clockFactor = parseClockFactor(values['clock-factor']);
    const progress = new Progress({ onStderr: values.json ?? false });
    await progress.steps(buildSteps(), 2);
    const aws = await progress.step('Start the local AWS', async ({ conclude }) => {
      const started = await ensureLocalAws({ clockFactor, outlive: values.keep ?? false });
      const { endpoint } = started.instance;
      conclude(`Start the local AWS: ${started.startedHere ? '' : 'runs already, '}${endpoint}`);
      return started;
    });
    const run = await runPipeline(await deployLocally(aws, progress), clicks, progress);
    if (values.keep) aws.keep();
    const staysUp = (values.keep ?? false) || !aws.startedHere;
    process.stdout.write(
      values.json
        ? `${JSON.stringify(run, undefined, 2)}\n`
        : `\n${summarize(run)}\n\n${describeEnd(staysUp)}\n`,
    );
    return run.ingestion.rejected.length > 0 ? 1 : 0;
  },
});
