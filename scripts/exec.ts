import { print, printError } from '../tools/cli/output';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'exec',
  summary: `Deploys and runs a pipeline in the account that the credentials belong to: checks, builds, shows the plan, asks,
applies exactly that plan, sends the sample clicks, runs the workflow, and shows the report, where it is and what it cost.`,
  positionals: true,
  options: {
    yes: { type: 'boolean' },
    'allow-destroy': { type: 'boolean' },
    clicks: { type: 'string' },
    'no-sample': { type: 'boolean' },
    date: { type: 'string' },
    data: { type: 'string' },
    stage: { type: 'string' },
    local: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  optionHelp: {
    '[clicklogger|covid|all]': 'the pipeline (default: clicklogger)',
    '--yes': 'do not ask, unless data would be lost',
    '--allow-destroy': 'with --yes: do not ask even if data would be lost',
    '--clicks FILE':
      'JSON file with one click or an array of clicks (default: eight samples, none in stage prod)',
    '--no-sample': 'send no clicks',
    '--date DAY':
      'day of arrival to report on, YYYY-MM-DD, or ALL (default: today; of another day without samples)',
    '--data FILE':
      'CSV file with hospital data, loaded next to what raw/ holds (default: what it holds, else generated)',
    '--stage NAME': 'the stage to deploy (default: the setting STAGE)',
    '--local': 'the local AWS of this checkout, whatever the shell points at',
    '--json': 'print the result as JSON; everything else goes to standard error',
  },
  run: async ({ values, positionals }) => {
    // The AWS SDKs take two seconds to load, which --help need not wait for.
    const [{ readRequest }, { execute }, { presentEnd }] = await Promise.all([
      import('../tools/runs/pipeline-inputs.js'),
      import('../tools/deploy/run.js'),
      import('../tools/deploy/presentation.js'),
    ]);
    const request = await readRequest(positionals.length === 0 ? ['clicklogger'] : positionals, values);
    const { json = false, yes = false, 'allow-destroy': allowDestroy = false } = values;
    const terminal = process.stdin.isTTY && process.stdout.isTTY && !json;
    const end = await execute(
      request,
      {
        where: { local: values.local, stage: values.stage },
        consent: { yes, allowDestroy, terminal },
        write: json ? printError : print,
      },
      new Progress({ onStderr: json }),
    );
    return presentEnd(end, json);
  },
});
