import { print } from '../tools/cli/output';
import { stopEmulator } from '../tools/local-aws/emulator-process';
import { removeLocalAws } from '../tools/local-aws/local-aws';
import { requireIdleLocalAws } from '../tools/terraform/stage-lock';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'local:down',
  summary: 'Stops the local AWS and erases its data and Terraform states.',
  options: { keep: { type: 'boolean' } },
  optionHelp: { '--keep': 'keep the data for the next start' },
  run: async ({ values }) => {
    requireIdleLocalAws();
    const stopped = values.keep ? await stopEmulator() : await removeLocalAws();
    const first = stopped ? 'The local AWS is stopped' : 'The local AWS was not running';
    print(`${first}; its data is ${values.keep ? 'kept' : 'erased'}.\n`);
    return 0;
  },
});
