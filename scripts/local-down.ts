import { print } from '../tools/cli/output';
import { stopEmulator } from '../tools/local-aws/emulator-process';
import { removeLocalAws } from '../tools/local-aws/local-aws';
import { requireIdleLocalAws } from '../tools/terraform/stage-lock';
import { runTask } from '../tools/cli/task';

void runTask({
  name: 'local:down',
  summary: 'Stops the local AWS and erases all that it stored, with the Terraform state that describes it.',
  options: { keep: { type: 'boolean' } },
  optionHelp: { '--keep': 'stop only; the next start finds everything as it was' },
  run: async ({ values }) => {
    requireIdleLocalAws();
    const stopped = values.keep ? await stopEmulator() : await removeLocalAws();
    const first = stopped ? 'The local AWS is stopped' : 'The local AWS was not running';
    print(`${first}; its data is ${values.keep ? 'kept' : 'erased'}.\n`);
    return 0;
  },
});
