import { print, printError } from '../tools/cli/output';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'exec',
  summary: `Deploys and runs a pipeline in the account of the credentials: builds, shows the plan, requests confirmation, applies
the plan, sends the sample clicks, runs the workflow, and shows the report with its location and cost.`,
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
    '--yes': 'do not request confirmation, unless data would be lost',
    '--allow-destroy': 'with --yes: do not request confirmation even if data would be lost',
    '--clicks FILE':
      'JSON file with one click or an array of clicks (default: eight samples, none in stage prod)',
    '--no-sample': 'send no clicks',
    '--date DAY':
      'day of arrival to report on, YYYY-MM-DD, or ALL (default: today; for another day no samples are sent)',
    '--data FILE':
      'CSV file with hospital data to add to raw/ (default: the files in raw/, or generated data)',
    '--stage NAME': 'the stage to deploy (default: the setting STAGE)',
    '--local': 'use the local AWS of this checkout, not the endpoint of the environment',
    '--json': 'print the result as JSON; other output goes to standard error',
  },
  run: async ({ values, positionals }) => {
    // The AWS SDKs take two seconds to load; --help does not need them.
    const [{ readRequest }, { execute, presentResult }] = await Promise.all([
      import('../tools/runs/pipeline-inputs.js'),
      import('../tools/deploy/run.js'),
    ]);
    const request = await readRequest(positionals.length === 0 ? ['clicklogger'] : positionals, values);
    const { json = false, yes = false, 'allow-destroy': allowDestroy = false } = values;
    const terminal = process.stdin.isTTY && process.stdout.isTTY && !json;
    const result = await execute(
      request,
      {
        where: { local: values.local, stage: values.stage },
        consent: { yes, allowDestroy, terminal },
        write: json ? printError : print,
      },
      new Progress({ onStderr: json }),
    );
    return presentResult(result, json);
  },
});
