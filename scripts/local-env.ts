import { exportLines } from '../tools/local-aws/client-environment';
import { TaskError } from '../tools/cli/errors';
import { findLocalAws } from '../tools/local-aws/local-aws';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'local:env',
  summary: `Prints commands that configure a POSIX shell (AWS CLI, boto3, Terraform, cdktf) for the running local AWS:
  eval "$(npm run --silent local:env)"`,
  options: {},
  optionHelp: {},
  run: () => {
    const aws = findLocalAws();
    if (aws === undefined)
      throw new TaskError('The local AWS is not running. Start it with: npm run local:up');
    // Escapes would change the values for the shell.
    // eslint-disable-next-line no-restricted-syntax
    process.stdout.write(exportLines(aws.change));
    return Promise.resolve(0);
  },
});
