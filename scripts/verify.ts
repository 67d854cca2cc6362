import { print, printError } from '../tools/cli/output';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'verify',
  summary: `Proves on an AWS account that the project does there what it does on the local AWS: checks quotas and
settings of the account, says what it costs at most, asks, deploys a stage of its own, makes both pipelines succeed, fail
and stop, compares each with what is expected, records what AWS answered, and removes the stage.`,
  options: { local: { type: 'boolean' }, yes: { type: 'boolean' }, json: { type: 'boolean' } },
  optionHelp: {
    '--local': 'the local AWS of this checkout, whatever the shell points at',
    '--yes': 'do not ask',
    '--json': 'print the result as JSON; everything else goes to standard error',
  },
  run: async ({ values }) => {
    const { local, json = false, yes = false } = values;
    // The AWS SDKs take two seconds to load, which --help need not wait for.
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
