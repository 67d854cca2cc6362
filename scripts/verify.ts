import { print, printError } from '../tools/cli/output';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'verify',
  summary: `Verifies on an AWS account that the project behaves as on the local AWS: checks quotas and settings of the
account, shows the maximum cost, asks for confirmation, deploys a new stage, runs successful, failing and stopped executions
of both pipelines, compares the results with the expected results, records the responses of AWS, and deletes the stage.`,
  options: { local: { type: 'boolean' }, yes: { type: 'boolean' }, json: { type: 'boolean' } },
  optionHelp: {
    '--local': 'use the local AWS of this checkout, regardless of the environment',
    '--yes': 'skip the confirmation',
    '--json': 'print the result as JSON, and other output to standard error',
  },
  run: async ({ values }) => {
    const { local, json = false, yes = false } = values;
    // The AWS SDKs take two seconds to load, which --help does not need.
    const [{ openVerification }, { verify }, { presentEnd, confirm }] = await Promise.all([
      import('../tools/verify/stage.js'),
      import('../tools/verify/run.js'),
      import('../tools/verify/presentation.js'),
    ]);
    const target = await openVerification(local);
    const end = await verify(
      target,
      { confirm: (place) => confirm(place, yes), write: json ? printError : print },
      new Progress({ onStderr: json }),
    );
    return presentEnd(end, json);
  },
});
