import { print, printError } from '../tools/cli/output';
import { buildSteps } from '../tools/build/build';
import { CLOCK_FACTOR_HELP, parseClockFactor } from '../tools/local-aws/emulator-process';
import { sampleClicks } from '../schemas/click';
import { ensureLocalAws } from '../tools/local-aws/local-aws';
import { localTarget } from '../tools/aws/target';
import { deployLocally } from '../tools/deploy/local-deployment';
import { generatedExport, readRequest } from '../tools/runs/pipeline-inputs';
import { runPipelines } from '../tools/runs/pipeline-runs';
import { Progress } from '../tools/cli/progress';
import { summarizeRuns, LOCAL_RUN_SCOPE } from '../tools/runs/run-summary';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'local',
  summary: `Runs the pipelines on this machine without an AWS account: builds, starts the local AWS, deploys with Terraform, sends
clicks and hospital data, runs the workflows and prints their reports.`,
  options: {
    clicks: { type: 'string' },
    data: { type: 'string' },
    keep: { type: 'boolean' },
    json: { type: 'boolean' },
    'clock-factor': { type: 'string' },
  },
  positionals: true,
  optionHelp: {
    '[clicklogger|covid|all]': 'the pipeline to run (default: all)',
    '--clicks FILE': 'JSON file with one click or an array of clicks (default: eight samples)',
    '--data FILE': 'CSV file with hospital data (default: generated data)',
    '--keep': 'keep the local AWS running (npm run local:down stops it)',
    '--json': 'print the result as JSON; other output goes to standard error',
    '--clock-factor N': CLOCK_FACTOR_HELP,
  },
  run: async ({ values, positionals }) => {
    const clockFactor = parseClockFactor(values['clock-factor']);
    const request = await readRequest(positionals.length === 0 ? ['all'] : positionals, values);
    const progress = new Progress({ onStderr: values.json ?? false });
    await progress.steps(buildSteps(), 2);
    const aws = await progress.step('Start the local AWS', async ({ setTitle }) => {
      const started = await ensureLocalAws({ clockFactor, outlive: values.keep ?? false });
      // It stays running after a failure too, for an investigation.
      if (values.keep) started.keep();
      const { endpoint } = started.instance;
      setTitle(`Start the local AWS: ${started.startedHere ? '' : 'already running, '}${endpoint}`);
      return started;
    });
    const target = localTarget(aws);
    const { pipelines, clicks = sampleClicks(), data } = request;
    const outputs = await deployLocally(target, pipelines, progress);
    const work = {
      clicklogger: pipelines.includes('clicklogger') ? { clicks } : undefined,
      covid: pipelines.includes('covid')
        ? { data: data ?? (await generatedExport()), replace: true }
        : undefined,
    };
    const ends = await runPipelines({ target }, outputs, work, progress);
    // Loading its libraries takes a second.
    const { writePages } = await import('../tools/run-page/write-pages.js');
    const { pages } = await writePages(target, ends);
    const { runs, failures } = ends;
    const write = values.json || Object.keys(failures).length > 0 ? printError : print;
    write(`\n${pages.join('\n')}\n`);
    for (const reason of Object.values(failures)) throw reason;
    const staysUp = (values.keep ?? false) || !aws.startedHere;
    const end = staysUp
      ? 'The local AWS is still running. Configure this shell: eval "$(npm run --silent local:env)"'
      : 'The local AWS is stopped, its data is kept. npm run local:up starts it again, npm run local:down erases it.';
    print(
      values.json
        ? `${JSON.stringify(runs, undefined, 2)}\n`
        : `\n${[summarizeRuns(runs), LOCAL_RUN_SCOPE, end].join('\n\n')}\n`,
    );
    return runs.clicklogger?.ingestion?.rejected.length ? 1 : 0;
  },
});
